"""The record of processing and the words that people read."""

import json
import re

import pytest
from django.utils import translation

from mailexpert.core import register
from mailexpert.privacy import record
from mailexpert.privacy.words_register import SENTENCES, TERMS, told

SENTENCES_USED = sorted(
    {
        word
        for one in (*register.tables().values(), *register.folders().values())
        for word in (one.ground, one.keep)
    }
)
TERMS_USED = sorted(
    {one.purpose for one in (*register.tables().values(), *register.folders().values())}
    | {column.category for table in register.tables().values() for column in table.columns.values()}
)


@pytest.mark.parametrize("sentence", SENTENCES_USED)
def test_a_ground_or_retention_is_said_in_dutch_too(sentence: str) -> None:
    """Add it to privacy/words_register.py and its Dutch to the catalogue."""
    assert sentence in SENTENCES
    with translation.override("nl"):
        assert told(sentence) != sentence or re.fullmatch(r"[\d MB]+", sentence)


@pytest.mark.parametrize("term", TERMS_USED)
def test_a_term_has_words(term: str) -> None:
    assert any(term == known or term.startswith(f"{known}.") for known in TERMS)
    assert "." not in told(term)


def test_every_personal_table_stands_in_the_record() -> None:
    places = {place for activity in record.activities() for place in activity.places}
    assert places >= {name for name, table in register.tables().items() if table.subject != "nobody"}
    assert places >= {path for path, folder in register.folders().items() if folder.subject != "nobody"}


def test_one_field_more_changes_all_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    before = record.as_markdown(), json.dumps(record.as_dict(), default=str)
    monkeypatch.setattr(register, "_tables", dict(register.tables()))
    register.declare(
        "privacy_new", purpose="marketing.advertising", ground="consent: x", subject="visitor", keep="1 day",
        columns={"shoe": "user.biometric"},
    )  # fmt: skip
    after = record.as_markdown(), json.dumps(record.as_dict(), default=str)
    assert before[0] != after[0]
    assert "shoe" in after[1]
    assert "shoe" not in before[1]


@pytest.mark.parametrize(
    ("language", "head"), [("nl", "# Register van verwerkingen"), ("en", "# Record of processing")]
)
def test_the_record_reads_in_both_languages(language: str, head: str) -> None:
    with translation.override(language):
        text = record.as_markdown()
    assert text.startswith(head)
    assert all(line.count("|") in {0, 5, 6} for line in text.splitlines())


def test_the_cookie_list_is_the_register_s() -> None:
    assert {one["name"] for one in record.cookies()} == set(register.cookies())
