"""The little Markdown of policies: safe, bound to promises, comparable."""

from pathlib import Path

import pytest

from mailexpert.accounts import agreements
from mailexpert.core import register
from mailexpert.privacy.rules_text import compare, read, shortened

EDITIONS = Path(__file__).parents[1] / "editions"
EVERY = {f"A{number}" for number in range(1, 33)}


def test_a_paragraph_names_its_promises() -> None:
    text = read("# Beleid\n\nVooraf.\n\n## Mail\n\nJe kunt stoppen. {A5 A6}\n\n- een\n- twee {A4}")
    assert text.title == "Beleid"
    assert [section.title for section in text.sections] == ["", "Mail"]
    assert text.sections[1].promises == ("A5", "A6", "A4")
    assert text.sections[1].paragraphs[0].html == "<p>Je kunt stoppen.</p>"
    assert text.sections[1].paragraphs[1].html == "<ul><li>een</li><li>twee</li></ul>"


@pytest.mark.parametrize(
    "hostile", ["<script>x</script>", "[x](javascript:alert(1))", '[x](/a"onclick="b)', "<img src=x>"]
)
def test_what_is_typed_stays_text(hostile: str) -> None:
    made = read(f"# T\n\n{hostile}").sections[0].paragraphs[0].html
    assert "<script" not in made
    assert "<img" not in made
    assert 'href="javascript' not in made
    assert '"onclick="' not in made


def test_a_link_to_our_own_pages_works() -> None:
    assert (
        read("Zie [hier](/cookies/).").sections[0].paragraphs[0].html
        == '<p>Zie <a href="/cookies/">hier</a>.</p>'
    )


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_first_version_makes_every_promise_once(language: str) -> None:
    text = read((EDITIONS / f"policy.1.{language}.md").read_text(encoding="utf-8"))
    made = [promise for section in text.sections for one in section.paragraphs for promise in one.promises]
    assert sorted(made) == sorted(EVERY)


def test_both_languages_have_the_same_build() -> None:
    dutch, english = (
        read((EDITIONS / f"policy.1.{language}.md").read_text(encoding="utf-8")) for language in ("nl", "en")
    )
    assert [one.promises for one in dutch.sections] == [one.promises for one in english.sections]
    assert [len(one.paragraphs) for one in dutch.sections] == [
        len(one.paragraphs) for one in english.sections
    ]


def test_the_policy_and_the_agreement_say_how_long_a_conversion_is_kept_with_whom_it_was() -> None:
    kept = register.tables()["tracking_conversionlink"].retention
    assert isinstance(kept, tuple)
    assert [(one.after.days, one.cut) for one in kept] == [
        (396, ()),
        (90, ("contact_id",)),
    ]  # 13 months; 90 days
    for language, months, days in (("nl", "hooguit 13 maanden", "90 dagen"), ("en", "13 months", "90 days")):
        policy = (EDITIONS / f"policy.1.{language}.md").read_text(encoding="utf-8")
        [about] = [one for one in policy.splitlines() if "{A22}" in one]
        assert months in about
        agreement = (agreements.HERE / f"processing.1.{language}.md").read_text(encoding="utf-8")
        assert days in agreement


def test_a_comparison_shows_what_stayed_changed_came_and_went() -> None:
    rows = compare("Eén.\n\nWij bewaren 7 dagen.\n\nDrie.", "Eén.\n\nWij bewaren 14 dagen.\n\nDrie.\n\nVier.")
    assert [row.change for row in rows] == ["same", "changed", "same", "added"]
    assert [words.strip() for marked, words in rows[1].left if marked] == ["7"]
    assert [words.strip() for marked, words in rows[1].right if marked] == ["14"]
    assert [row.change for row in compare("Eén.\n\nTwee.", "Eén.")] == ["same", "removed"]


def test_a_heading_is_told_apart_and_loses_its_signs() -> None:
    rows = compare("## Cookies\n\nEén.\n\n## Oud", "## Cookies\n\nEén.\n\n## Nieuw")
    assert [row.is_heading for row in rows] == [True, False, True]
    assert rows[0].left == ((False, "Cookies"),)
    assert "#" not in "".join(words for _marked, words in rows[2].left + rows[2].right)


def test_a_shortened_comparison_keeps_what_differs_under_its_heading_and_counts_the_rest() -> None:
    old = ["# Beleid", "Eén.", "Twee.", "## Cookies", "Drie.", "Vier.", "Vijf."]
    new = [*old[:4], "Drie en een half.", *old[5:]]
    rows = shortened(compare("\n\n".join(old), "\n\n".join(new)))
    assert [(row.change, row.count) for row in rows] == [
        ("left_out", 3), ("same", 0), ("changed", 0), ("left_out", 2),
    ]  # fmt: skip
    assert rows[1].left == ((False, "Cookies"),)
    assert shortened([]) == []
