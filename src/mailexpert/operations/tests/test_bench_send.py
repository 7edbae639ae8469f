"""How often a measured mailing is looked at: each look costs the engine a little of what is measured."""

from mailexpert.operations.bench.send import LONGEST_LOOK, SHORTEST_LOOK, until_next_look


def test_until_the_first_message_it_looks_often() -> None:
    assert until_next_look(sent=0, left=100_000, seconds=3.0) == SHORTEST_LOOK


def test_while_much_is_left_it_looks_seldom() -> None:
    assert until_next_look(sent=10_000, left=90_000, seconds=2.0) == LONGEST_LOOK


def test_near_the_end_it_looks_ever_more_often() -> None:
    looks = [until_next_look(sent=100_000 - left, left=left, seconds=10.0) for left in (5_000, 2_000, 100)]
    assert looks == sorted(looks, reverse=True)
    assert looks[-1] == SHORTEST_LOOK
    assert looks[0] < 0.3
