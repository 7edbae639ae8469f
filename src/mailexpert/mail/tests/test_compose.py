"""An issue compiled once gives each person the right mail."""

import dataclasses
import datetime as dt
import email
import email.policy
import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailexpert.mail import links, quoted
from mailexpert.mail.compose import Composer, IssueContent
from mailexpert.mail.personalise import RenderProblem, render_html, render_text

KEY = b"k" * 32
NOW = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)
LINE = "Stichting Lindewoud, Molenpad 12"


def content(**changes):
    values = {
        "issue_id": 7,
        "account_id": 3,
        "sender_name": "Winkel de Vriés",
        "sender_address": "nieuws@winkel.example",
        "subject": "Hallo {{ contact.first_name | default: 'klant' }}",
        "html": "<html><body><p>Dag {{ contact.first_name | capitalize }}</p></body></html>",
        "text": "Dag {{ contact.first_name | capitalize }}",
        "sender_line": LINE,
        "list_ids": [4],
        "track_url": "http://localhost:8001",
    }
    return IssueContent(**{**values, **changes})


def mails(wanted, *people):
    """People are dicts; the parsed mail of each."""
    composer = Composer(wanted, KEY)
    rows = [tuple(person.get(name) for name in composer.columns) for person in people]
    ids = range(1, len(people) + 1)
    made = composer.compose(ids, [f"p{i}@voorbeeld.example" for i in ids], rows, NOW)
    return [email.message_from_bytes(m.body, policy=email.policy.default) for m in made], composer


def part(mail, kind):
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n").removesuffix("\n")


def test_each_required_header_stands_there_once():
    (mail,), _composer = mails(content(), {"first_name": "Zoë"})
    assert sorted(mail.keys()) == sorted(set(mail.keys()))
    assert {*mail.keys()} >= {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "List-Unsubscribe",
        "Feedback-ID",
    }
    assert {*mail.keys()} >= {
        "List-Unsubscribe-Post",
        "List-Id",
        "Precedence",
        "Auto-Submitted",
        "MIME-Version",
    }
    assert mail["Subject"] == "Hallo Zoë"
    assert mail["From"].addresses[0].display_name == "Winkel de Vriés"


def test_the_unsubscribe_header_is_never_an_encoded_word():
    composer = Composer(content(track_url="https://t." + "x" * 150 + ".example"), KEY)
    (made,) = composer.compose([5], ["a@b.nl"], [("Jan",)], NOW)
    assert b"List-Unsubscribe: <https://t.xxx" in made.body
    assert b"=?" not in made.body.split(b"List-Unsubscribe: ")[1].split(b"\r\nList-Id")[0]


def test_the_link_to_unsubscribe_stands_in_both_parts_and_is_this_person_s():
    made, _composer = mails(content(), {"first_name": "Jan"}, {"first_name": "Jan"})
    for contact, mail in enumerate(made, start=1):
        token = links.stop_token(KEY, 7, contact)
        assert f"/t/u/{token}" in part(mail, "html")
        assert f"/t/u/{token}" in part(mail, "plain")
        assert f"/t/p/{token}" in part(mail, "html")
        assert f"/t/p/{token}" in part(mail, "plain")
        assert links.read_token(KEY, token) == links.Stop(7, contact)


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- <a href='{{ unsubscribe_url }}'>weg</a> -->",
        "<div style='display: none'><a href='{{ unsubscribe_url }}'>weg</a></div>",
        "<p hidden><a href='{{ unsubscribe_url }}'>weg</a></p>",
        "<a href='{{ unsubscribe_url }}'></a>",
        "<div style='font-size:12px'><p style='font-size:0px'><a href='{{ unsubscribe_url }}'>weg</a></p></div>",
        "{% if contact.first_name == 'x' %}<a href='{{ unsubscribe_url }}'>weg</a>{% endif %}",
    ],
)
def test_a_hidden_unsubscribe_link_gets_a_visible_one_beside_it(hidden):
    (mail,), _composer = mails(content(html=f"<html><body>{hidden}</body></html>"), {"first_name": "Jan"})
    assert ">Uitschrijven</a> · " in part(mail, "html")


def test_a_template_with_its_own_visible_link_keeps_just_that_one():
    cell = "<td style='font-size:0px'><p style='font-size:14px'>{}</p></td>"
    link = "<a href='{{ unsubscribe_url }}'>Afmelden</a>"
    own = f"<html><body><table><tbody><tr>{cell.format(link)}</tr></tbody></table></body></html>"
    (mail,), _composer = mails(content(html=own), {"first_name": "Jan"})
    assert part(mail, "html").count("/t/u/") == 1


def test_two_readers_differ_only_in_their_tokens_and_fields():
    html = '<html><body><a href="https://winkel.example/a?b=1&amp;c=2">a</a></body></html>'
    numbered = links.number(html, "zie https://winkel.example/a?b=1&c=2.")
    assert numbered.targets == ["https://winkel.example/a?b=1&c=2"]
    wanted = content(html=numbered.html, text=numbered.text, targets=numbered.targets, subject="Hallo")
    one, two = mails(wanted, {}, {})[0]
    clean = [part(m, "html").replace(links.stop_token(KEY, 7, i), "") for i, m in ((1, one), (2, two))]
    assert clean[0] == clean[1]
    assert "winkel.example" not in clean[0]


@pytest.mark.parametrize("condition", ["", "{% if contact.x %}{% endif %}"])
def test_an_address_with_an_ampersand_is_escaped_in_html_alone(condition):
    (mail,), _composer = mails(content(track_url="http://t.example/a&b", text=condition), {})
    assert "http://t.example/a&amp;b/t/u/" in part(mail, "html")
    assert "http://t.example/a&b/t/u/" in part(mail, "plain")


def test_without_tracking_links_stay_as_they_are():
    html = '<html><body><a href="https://winkel.example/a?b=1&amp;c=2">a</a></body></html>'
    numbered = links.number(html, "")
    (mail,), _c = mails(content(html=numbered.html, targets=numbered.targets, tracking="none"), {})
    assert 'href="https://winkel.example/a?b=1&amp;c=2"' in part(mail, "html")


@pytest.mark.parametrize(("filters", "is_fast"), [("", True), (" | slice: 0, 9", False)])
def test_a_condition_on_the_person_reads_the_same_whoever_writes_it(filters, is_fast):
    name = "{{ contact.first_name" + filters + " }}"
    html = "<html><body>{% if contact.vip %}Fijn{% else %}Dag{% endif %} " + name + "</body></html>"
    made, composer = mails(content(html=html), {"vip": True, "first_name": "A & B"}, {"first_name": ".Z"})
    assert composer.is_fast is is_fast
    assert "Fijn A &amp; B" in part(made[0], "html")
    assert "Dag .Z" in part(made[1], "html")
    assert part(made[1], "plain").startswith("Dag .z")


def test_who_can_not_be_rendered_stops_nobody_else():
    wanted = content(text="{{ 10 | divided_by: contact.n }}", subject="x", html="")
    composer = Composer(wanted, KEY)
    made = composer.compose([1, 2, 3], ["a@b.nl"] * 3, [(2,), (0,), (5,)], NOW)
    assert b"\r\n5=\r\n" in next(made).body
    with pytest.raises(RenderProblem):
        next(made)
    assert b"\r\n2=\r\n" in next(made).body


@pytest.mark.parametrize(
    "wrong",
    [
        {"html": "{% if %}"},
        {"subject": "{{ contact.x | nope }}"},
        {"text": "{% if true %}{{ contact.x | nope }}{% endif %}"},
        {"html": "{% assign contact = 1 %}"},
    ],
)
def test_a_wrong_template_is_refused_before_anyone_gets_it(wrong):
    with pytest.raises(RenderProblem):
        Composer(content(**wrong), KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender_address": "a@b.nl\r\nBcc: x@y.nl"},
        {"sender_name": "Jan", "sender_address": "geen adres"},
        {"reply_to": "Jan\nBcc: x@y.nl <a@b.nl>"},
        {"track_url": "http://t.example/\r\nBcc: x@y.nl"},
        {"track_url": "javascript:x"},
        {"inbound_domain": "x.nl>\r\nBcc: <x"},
    ],
)
def test_no_setting_can_slip_a_header_in(wrong):
    with pytest.raises(ValueError):
        Composer(content(**wrong), KEY)


def test_a_poisoned_recipient_goes_nowhere():
    poisoned = "a@b.nl>\r\nRCPT TO:<x@y.nl"
    one, two = Composer(content(), KEY).compose([1, 2], [poisoned, "b@b.nl"], [("A",), ("B",)], NOW)
    assert one.recipient == b""
    assert poisoned.encode() not in one.body
    assert two.recipient == b"b@b.nl"


def test_the_return_path_and_the_message_id_say_whose_mail_it_is():
    (made,) = Composer(content(inbound_domain="in.example"), KEY).compose([5], ["a@b.nl"], [("Jan",)], NOW)
    token, domain = made.sender.decode().removeprefix("b-").split("@")
    assert domain == "in.example"
    assert links.read_return_token(KEY, token) == links.Stop(7, 5)
    mail = email.message_from_bytes(made.body, policy=email.policy.default)
    assert mail["Message-ID"] == f"<{token}@winkel.example>"
    stop = links.stop_token(KEY, 7, 5)
    assert mail["List-Unsubscribe"] == f"<http://localhost:8001/t/u/{stop}>, <mailto:u-{stop}@in.example>"


def test_opens_are_counted_only_when_the_issue_says_so():
    (mail,), _composer = mails(content(), {})
    assert "/t/o/" not in part(mail, "html")
    (mail,), _composer = mails(content(counts_opens=True), {})
    assert f"/t/o/{links.open_token(KEY, 7)}.gif" in part(mail, "html")
    (mail,), _composer = mails(content(counts_opens=True, tracking="none"), {})
    assert "/t/o/" not in part(mail, "html")


def test_no_value_can_slip_a_header_in():
    (mail,), _composer = mails(content(), {"first_name": "Jan\r\nBcc: iedereen@voorbeeld.example"})
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Hallo Jan Bcc:")


VALUES = st.one_of(
    st.none(),
    st.text(max_size=120).filter(lambda s: s.isprintable()),
    st.text(alphabet=" .=\n\ta&<é😀'", max_size=100),
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(),
)
WRITTEN = [
    "default: 'lezer'",
    "upcase",
    "capitalize",
    "append: '!'",
    "truncate: 9",
    "strip",
    "default: 'x' | downcase",
]
FILTERS = st.sampled_from(["", " | escape", *(f" | {written}" for written in WRITTEN)])


OUTPUTS = ["{{ contact.a%s }}", "{{ contact.b%s }}", "{{ unsubscribe_url }}"]
LITERALS = ["  ", ".", "\n", "=", "é & <b> 100% "]
PIECES = st.sampled_from([*OUTPUTS, *LITERALS]) | st.text(alphabet="ab .=\n", max_size=90)
SOURCES = st.lists(PIECES, max_size=8).map("".join)


@settings(max_examples=50)
@given(SOURCES, FILTERS, st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4))
def test_both_ways_make_the_same_mail(source, filters, people):
    source = source.replace("%s", filters) + "{{ contact.a }}{{ contact.b }}"
    wanted = content(html=f"<html><body>{source}</body></html>", text=source, subject=source)
    fast = Composer(wanted, KEY)
    slow = Composer(dataclasses.replace(wanted, text=source + "{% if contact.b %}{% endif %}"), KEY)
    made = []
    for composer in (fast, slow):
        rows = [tuple({"a": a, "b": b}[name] for name in composer.columns) for a, b in people]
        ids = range(1, len(people) + 1)
        made.append(composer.compose(ids, [f"p{i}@voorbeeld.example" for i in ids], rows, NOW))
    for one, two in zip(*made, strict=True):
        assert (one.sender, one.recipient) == (two.sender, two.recipient)
        head, _blank, body = one.body.partition(b"\r\n\r\n")
        other_head, _blank, other_body = two.body.partition(b"\r\n\r\n")
        assert head == other_head
        assert quopri.decodestring(body) == quopri.decodestring(other_body)
        assert_fit_for_the_wire(one.body)
        assert_fit_for_the_wire(two.body)


def assert_fit_for_the_wire(mail):
    assert mail.endswith(b"\r\n")
    assert mail.isascii()
    assert not {b"\r", b"\n"} & {bytes([byte]) for byte in mail.replace(b"\r\n", b"")}
    assert not any(line.startswith(b".") for line in mail.split(b"\r\n"))
    head, _blank, body = mail.partition(b"\r\n\r\n")
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert all(len(line) <= 76 and not line.endswith(b" ") for line in body.split(b"\r\n"))


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4), FILTERS, FILTERS, st.text(max_size=20))
def test_the_fast_way_reads_like_liquid(people, one, two, between):
    between = "".join(c for c in between if c.isprintable()).replace("{", "")
    source = f"A {{{{ contact.a{one} }}}}{between}. {{{{ contact.b{two} }}}} einde"
    wanted = content(html=f"<html><body>{source}</body></html>", text=source, subject="x", sender_line="")
    made, composer = mails(wanted, *[{"a": a, "b": b} for a, b in people])
    assert composer.is_fast
    for (a, b), mail in zip(people, made, strict=True):
        from mailexpert.mail.outputs import normalise
        from mailexpert.mail.personalise import value_of

        person = {"a": value_of(a), "b": value_of(b)}
        expected = normalise(render_text(source, {k: v for k, v in person.items() if v is not None}))
        assert part(mail, "plain").startswith(normalise(expected).rstrip("\n"))
        shown = normalise(render_html(source, {k: v for k, v in person.items() if v is not None}))
        assert shown in part(mail, "html")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=300))
def test_a_piece_decodes_to_its_text_and_keeps_the_line_rules(text):
    coded = quoted.piece(text)
    lines = coded.split(b"\r\n")
    assert all(len(line) <= 77 and not line.startswith(b".") for line in lines)
    assert quopri.decodestring(coded).replace(b"\r\n", b"\n").decode() == text
