"""Questions to a name server of our own, in real packets."""

import pytest

from mailexpert.base.names import Answer, State
from mailexpert.sending.tests.nameserver import Zone, serving

LONG = "v=DKIM1; k=rsa; p=" + "A" * 700


def test_a_text_in_several_strings_is_put_together_also_when_only_tcp_can_carry_it() -> None:
    zone = Zone()
    zone.txt("sel._domainkey.winkel.example", LONG)
    with serving(zone) as names:
        assert names.texts("sel._domainkey.winkel.example") == Answer(state=State.FOUND, values=(LONG,))
    assert len(zone.asked) == 2


def test_mail_hosts_come_in_order_of_preference() -> None:
    zone = Zone({("winkel.example", "MX"): ["20 B.example.", "5 a.example."]})
    with serving(zone) as names:
        assert names.mail_hosts("winkel.example").values == ("a.example", "b.example")


def test_an_alias_is_followed_and_named() -> None:
    zone = Zone()
    zone.alias("hier.example", "daar.example")
    zone.txt("daar.example", "tekst")
    zone.alias("leeg.example", "nergens.voorbeeld")
    with serving(zone) as names:
        assert names.texts("hier.example") == Answer(
            state=State.FOUND, values=("tekst",), alias="daar.example"
        )
        assert names.mail_hosts("hier.example") == Answer(state=State.NOTHING, alias="daar.example")


@pytest.mark.parametrize("name", ["weg.example", "onder.winkel.example"])
def test_nothing_there_is_an_answer_too(name: str) -> None:
    zone = Zone()
    zone.txt("winkel.example", "x")
    with serving(zone) as names:
        assert names.texts(name).state is State.NOTHING
        assert names.mail_hosts("winkel.example").state is State.NOTHING


def test_a_broken_or_silent_server_leaves_it_open() -> None:
    zone = Zone()
    zone.broken, zone.silent = {"stuk.example"}, {"stil.example"}
    with serving(zone) as names:
        names._resolver.lifetime = names._resolver.timeout = 0.3
        assert names.texts("stuk.example").state is State.FAILED
        assert names.texts("stil.example").state is State.FAILED
        assert names.texts("geen naam..example").state is State.FAILED
