import pytest

from mailexpert.content.findings import Finding, refused
from mailexpert.content.problems import SourceError
from mailexpert.content.rules import compile_source
from mailexpert.content.rules_checks import examine
from mailexpert.content.values import Draft

FIELDS = {"email", "first_name", "city"}


def check(source: str, *, subject: str = "Nieuws", preheader: str = "Eerst") -> dict[str, Finding]:
    draft = Draft(kind="html", source=source, subject=subject, preheader=preheader)
    found = examine(draft, compile_source("html", source, title=subject), FIELDS)
    return {finding.code: finding for finding in found}


@pytest.mark.parametrize(
    ("source", "code", "level", "where"),
    [
        ("", "empty", "block", "source"),
        ("a\n{{ contact.foo | default: 'x' }}", "field_unknown", "block", "source:2"),
        ("a\n{{ contact.city }}", "field_fallback", "warn", "source:2"),
        ("a\n<img src='https://a.nl/b.png'>", "image_alt", "warn", "source:2"),
        ("<img alt='' src='data:image/png;base64,AA=='>", "image_data", "warn", "source"),
        ("<a href='#'>Lees het verslag</a>", "link_empty", "block", "source:1"),
        ("<a href=''>Lees het verslag</a>", "link_empty", "block", "source:1"),
        ("a\n<a href='verslag.html'>Lees het verslag</a>", "link_relative", "block", "source:2"),
        ("<a href='http://localhost:3000/x'>Lees het verslag</a>", "link_here", "block", "source:1"),
        ("<a href='http://a.nl/x'>Lees het verslag</a>", "link_plain", "warn", "source:1"),
        ("<a href='https://www.voorbeeld.nl/x'>Lees het verslag</a>", "link_example", "warn", "source:1"),
        ("<a href='https://a.nl/x'>Klik hier!</a>", "link_text", "warn", "source:1"),
        ("<a href='https://a.nl/x'>Read more »</a>", "link_text", "warn", "source:1"),
        ("<p>a</p>\n<script>b</script>", "removed", "warn", "source:2"),
        ("x" * 95_000, "size", "warn", "source"),
        ("x" * 101_000, "size", "block", "source"),
    ],
)
def test_what_goes_wrong_in_a_mailbox_is_named(source: str, code: str, level: str, where: str) -> None:
    finding = check(source)[code]
    assert (finding.level, finding.where) == (level, where)
    assert finding.sentence % finding.values if finding.values else finding.sentence


def test_a_mail_in_order_is_said_to_be_in_order() -> None:
    source = (
        "<h1>Nieuws</h1>"
        + "Hier staat genoeg tekst voor wie beelden uit heeft. " * 5
        + "Dag {{ contact.first_name | default: 'lezer' }} <img src='https://a.nl/b.png' alt='Kist'> "
        "<a href='https://a.nl'>Lees het verslag</a> <a href='{{ unsubscribe_url }}'>Uitschrijven</a>"
        " <a href='mailto:x@a.nl'>Mail ons</a> <a name='boven'></a>"
    )
    found = check(source)
    assert {finding.level for finding in found.values()} == {"ok"}
    expected = {
        "subject",
        "fields",
        "images",
        "links",
        "size",
        "unsubscribe",
        "headings",
        "support",
        "contrast",
    }
    assert set(found) == expected | {"spam", "text_part"}


def test_a_subject_is_needed_and_may_be_too_long() -> None:
    assert check("x", subject=" ")["subject_missing"].level == "block"
    assert check("x", subject="x" * 46)["subject_long"].level == "warn"
    assert check("x", subject="x" * 45)["subject"].level == "ok"
    said = check("x", subject="Nog 412 kerstpakketten te vullen. Help je mee?")["subject_long"]
    assert said.values == {"lost": "je mee?"}


def test_code_in_a_subject_is_no_length() -> None:
    said = check("x", subject="Dag {{ contact.first_name | default: 'lezer' }}, kom je ook?")["subject"]
    assert said.values == {"length": len("Dag lezer, kom je ook?")}


def test_the_first_line_fits_on_a_phone_and_says_something_else() -> None:
    assert check("x", subject="Kerst", preheader="kerst ")["preheader_same"].where == "preheader"
    line = "Er staan er 228 klaar voor wie ze wil vullen, en een pakket vullen kost € 27,50 per gezin, dus help mee"
    assert check("x", preheader=line)["preheader_long"].values == {"lost": "dus help mee"}
    assert "preheader_long" not in check("x", preheader=line[:100])


def test_fields_of_subject_and_first_line_are_checked_too() -> None:
    assert check("x", subject="{{ contact.foo | default: '' }}")["field_unknown"].where == "subject"
    assert check("x", preheader="{{ contact.foo | default: '' }}")["field_unknown"].where == "preheader"


def test_without_a_first_line_the_inbox_is_left_to_chance() -> None:
    assert check("x", preheader="")["preheader_missing"].level == "warn"


def test_what_blocks_comes_first() -> None:
    draft = Draft(kind="html", source="<a href='#'>x</a><img src='https://a.nl/b'>", subject="x")
    levels = [finding.level for finding in examine(draft, compile_source("html", draft.source), FIELDS)]
    assert levels == sorted(levels, key=["block", "warn", "ok"].index)


def test_a_source_that_makes_no_mail_blocks_with_its_lines() -> None:
    with pytest.raises(SourceError) as wrong:
        compile_source("html", "a\n{{ b | verzin }}")
    assert [(f.level, f.where) for f in refused(Draft(kind="html", source=""), wrong.value.problems)] == [
        ("block", "source:2")
    ]
