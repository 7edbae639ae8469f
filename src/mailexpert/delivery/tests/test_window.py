import time
from typing import Any

from mailexpert.delivery.ports import Turn
from mailexpert.delivery.window import MOST_RETURNS, Window
from mailexpert.mail.reply import Phase


def a_window(size: int = 3, *, seconds: float = 60.0) -> tuple[Window, list[Window]]:
    told: list[Window] = []
    issue: Any = None
    letters = ((b"b@x.example", b"%d@y.example" % n, b"body %d" % n) for n in range(size))
    turns = [Turn(n, 1, 1) for n in range(size)]
    return Window(issue, None, turns, letters, time.monotonic() + seconds, told.append), told


def test_letters_are_taken_in_order_and_once() -> None:
    window, _ = a_window()
    taken = [letter.place for letter in iter(window.take, None)]
    assert taken == [0, 1, 2]
    assert window.take() is None


def test_it_is_done_when_every_turn_has_an_end() -> None:
    window, told = a_window()
    for letter in list(iter(window.take, None)):
        assert not told
        window.answer(letter.place, Phase.DOT, 250, b"250 ok")
    assert told == [window]


def test_past_its_deadline_nothing_is_taken() -> None:
    window, told = a_window(seconds=-1.0)
    assert window.take() is None
    assert window.harvest().untried == [0, 1, 2]
    assert told == [window]


def test_stopping_gives_up_what_nobody_took_and_waits_for_the_rest() -> None:
    window, told = a_window()
    window.take()
    window.stop()
    assert (window.untried, told) == ([1, 2], [])
    window.no_answer(0)
    assert told == [window]


def test_a_letter_that_was_given_back_is_taken_again_until_it_is_too_often() -> None:
    window, told = a_window(1)
    for _ in range(MOST_RETURNS + 1):
        letter = window.take()
        assert letter is not None
        window.give_back(letter)
    assert window.take() is None
    assert (window.deferred, told) == ([0], [window])


def test_a_refused_sender_stops_the_window() -> None:
    window, _ = a_window()
    window.take()
    window.answer(0, Phase.SENDER, 550, b"550 no")
    assert window.untried == [1, 2]


def test_what_was_harvested_is_not_harvested_again() -> None:
    window, _ = a_window()
    window.take()
    window.answer(0, Phase.DOT, 250, b"250 ok")
    assert window.harvest().size == 1
    assert window.harvest().size == 0


def test_what_making_the_letters_took_counts_for_the_pace() -> None:
    window, _ = a_window()
    window.awaits_letters()
    window.opened -= 3.0
    window.supply(iter([(b"b@x.example", b"a@y.example", b"body")]))
    assert window.take() is not None
    assert window.started == window.opened
