"""What a report says on top, for every turn that a mailing can take, in both languages."""

import pytest
from django.utils.translation import override

from mailexpert.reports import words_sentence
from mailexpert.reports.rules_sentence import Facts, sentences

SENT = {"planned": 100, "sent": 100}
TURNS = [
    ({}, ["nobody"], "Er was niemand om deze mailing naar te verzenden"),
    ({"planned": 1, "sent": 1, "clicks": None}, ["all_sent", "too_few"], "de ene persoon voor wie die was"),
    ({"planned": 1, "failed": 1}, ["all_failed"], "kon niet worden afgeleverd"),
    ({"planned": 1, "skipped": 1}, ["all_skipped"], "overgeslagen"),
    ({"planned": 1, "in_doubt": 1}, ["all_in_doubt"], "in twijfel"),
    ({"planned": 5_000_000, "in_doubt": 5_000_000}, ["all_in_doubt"], "5.000.000"),
    ({"planned": 40, "failed": 40}, ["all_failed"], "40"),
    ({"planned": 40, "deferred": 40, "state": "sending"}, ["last_ones"], "40"),
    ({"planned": 40, "deferred": 40}, ["all_deferred"], "geduld"),
    ({"planned": 40, "failed": 20, "skipped": 20}, ["none_sent", "many_failed"], "Niemand"),
    ({**SENT, "clicks": 8}, ["all_sent", "clicks"], "8 keer geklikt"),
    ({**SENT, "clicks": 1}, ["all_sent", "clicks"], "1 keer geklikt"),
    ({**SENT, "clicks": 8, "machine_clicks": 900}, ["all_sent", "machines_lead"], "900"),
    ({**SENT}, ["all_sent", "no_clicks"], "niemand geklikt"),
    ({**SENT, "machine_clicks": 4}, ["all_sent", "only_machines"], "4 keer"),
    ({**SENT, "is_measured": False}, ["all_sent", "not_measured"], "niet gemeten"),
    ({"planned": 100, "sent": 97, "skipped": 3, "clicks": 1}, ["most_sent", "clicks"], "97 van de 100"),
    ({"planned": 100, "sent": 90, "failed": 10, "clicks": 1}, ["most_sent", "many_failed", "clicks"], "10 mails"),
    ({"planned": 100, "sent": 98, "failed": 2, "clicks": 1}, ["most_sent", "clicks"], "98"),
    ({"planned": 9, "sent": 8, "failed": 1, "clicks": None}, ["most_sent", "too_few"], "8 van de 9"),
    ({"planned": 100, "sent": 98, "in_doubt": 2, "clicks": 1}, ["most_sent", "in_doubt", "clicks"], "2 mensen"),
    ({"planned": 100, "sent": 99, "deferred": 1, "clicks": 1}, ["most_sent", "deferred", "clicks"], "1 persoon"),
    ({**SENT, "clicks": 1, "unsubscribed": 3}, ["all_sent", "clicks", "many_stopped"], "3 mensen"),
    ({"planned": 2_000, "sent": 2_000, "clicks": 1, "complained": 3}, ["all_sent", "clicks", "complained"], "0,15%"),
    ({**SENT, "clicks": 1, "complained": 1}, ["all_sent", "clicks", "many_complained"], "1 ontvanger meldde"),
    ({"planned": 100, "waiting": 100, "state": "sending"}, ["not_begun"], "100"),
    ({"planned": 100, "waiting": 40, "sent": 60, "clicks": 1, "state": "sending"}, ["under_way", "clicks"], "60 van"),
    ({"planned": 100, "waiting": 40, "sent": 60, "clicks": 1, "state": "paused"}, ["paused", "clicks"], "60 van"),
    ({"planned": 100, "sent": 60, "skipped": 40, "clicks": 1, "state": "cancelled"}, ["stopped", "clicks"], "60"),
    ({"planned": 5_000_000, "sent": 5_000_000, "clicks": 400_000}, ["all_sent", "clicks"], "400.000 keer"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "codes", "dutch"), TURNS)
def test_every_turn_has_its_sentences(facts, codes, dutch):
    said = sentences(Facts(**facts))
    assert [one.code for one in said] == codes
    with override("nl"):
        assert dutch in words_sentence.say(said)
    with override("en"):
        words = words_sentence.say(said)
    assert "%(" not in words
    assert words[0].isupper()
    assert words.endswith(".")
