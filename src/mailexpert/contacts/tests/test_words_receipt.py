"""A receipt in the words of people; every step of an erasure has some."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from mailexpert.contacts.words_receipt import OTHER, WORDS, Line, lines
from mailexpert.privacy import actions_erasure


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    with override("nl"):
        yield


def test_steps_that_mean_the_same_are_added_up_and_none_shows_a_name_of_the_program() -> None:
    told = lines({"text of content_template": 2, "text of api_answer": 1, "contacts_contact": 1, "nieuw": 4})
    assert told == [
        Line(what="Het contact, met alle velden", rows=1),
        Line(what=str(OTHER), rows=4),
        Line(what="Teksten elders waarin het adres stond", rows=3),
    ]


@pytest.mark.django_db
def test_every_step_of_the_plan_has_words() -> None:
    steps = {name for name, _act in actions_erasure.strides() if not name.startswith("text of ")}
    assert steps - {"ledger"} <= set(WORDS)
