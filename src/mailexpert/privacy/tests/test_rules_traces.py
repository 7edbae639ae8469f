"""Addresses inside texts: what is one, what is only the end of a longer one, and any number at one look."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailexpert.privacy.rules_traces import Wanted

ANNA, OBRIEN = "anna@voorbeeld.example", "o'brien=x@voorbeeld.example"
ESCAPE = re.escape


def plainly(text: str, marks: dict[str, str]) -> str:
    """The same by one pattern per address, which costs as much again for each."""
    for address, mark in marks.items():
        pattern = rf"(?<![\w.+-]){ESCAPE(address)}(?![\w-]|\.\w)"
        text = re.sub(pattern, mark, text, flags=re.IGNORECASE)
    return text


def test_an_address_is_found_wherever_it_stands_and_not_inside_a_longer_one() -> None:
    wanted = Wanted({ANNA: "[1]", OBRIEN: "[2]"})
    for text, left in [
        (f"Mail {ANNA.upper()}.", "Mail [1]."),
        (f"<{ANNA}>,{ANNA};{OBRIEN}", "<[1]>,[1];[2]"),
        (f"jo{ANNA} {ANNA}.org {ANNA}-x x.{ANNA}", f"jo{ANNA} {ANNA}.org {ANNA}-x x.{ANNA}"),
        (f"@{ANNA}@voorbeeld.example", "@[1]@voorbeeld.example"),
        ("mailto:anna%40voorbeeld.example?x", "mailto:[1]?x"),
        ("anna@elders.example", "anna@elders.example"),
        (f"'{ANNA}'", "'[1]'"),
        (f"{ANNA}.- {ANNA}...", "[1].- [1]..."),
    ]:
        assert wanted.without(text)[0] == left
    assert wanted.without(f"{ANNA} {OBRIEN}")[1] == {ANNA, OBRIEN}


def test_json_is_looked_through_as_what_it_holds_and_not_as_it_is_written() -> None:
    wanted = Wanted({ANNA: "[1]"})
    held = {"a": [1, None, f"regel\n{ANNA}"], ANNA: {"b": True}}
    assert wanted.without_any(held) == ({"a": [1, None, "regel\n[1]"], "[1]": {"b": True}}, {ANNA})


piece = st.sampled_from([
    ANNA, "bart@b.example", "x.anna@voorbeeld.example", "@", ".", " ", "a", "anna", "@voorbeeld.example", "-", ",", "<",
    "é", "+", "%", "b.example", "'",
])  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(piece, max_size=12).map("".join))
def test_many_at_one_look_leave_what_one_pattern_after_another_leaves(text: str) -> None:
    marks = {ANNA: "[1]", "bart@b.example": "[2]", "x.anna@voorbeeld.example": "[3]"}
    assert Wanted(marks).without(text)[0] == plainly(text, marks)
