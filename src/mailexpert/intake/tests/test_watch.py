"""Who behaves as no person does, and who only reads."""

from itertools import count

import pytest

from mailexpert.intake.hits import OPEN_LINK, Rule
from mailexpert.intake.watch import CROWD, MARKED_SECONDS, Watch, judge


@pytest.mark.parametrize(
    ("links", "rule"),
    [
        ([(0.0, 1)], Rule.PERSON),
        ([(0.0, 1), (0.2, 2)], Rule.PERSON),
        ([(0.0, 1), (0.2, 2), (0.9, 3)], Rule.AT_ONCE),
        ([(0.0, 1), (0.2, 1), (0.4, 1)], Rule.PERSON),
        ([(0.0, 1), (1.4, 2), (2.8, 3)], Rule.PERSON),
        ([(0.0, 1), (1.2, 2), (2.4, 3), (3.6, 4)], Rule.ORDER),
        ([(0.0, 4), (1.2, 2), (2.4, 3), (3.6, 1)], Rule.PERSON),
        ([(n / 10, 1) for n in range(6)], Rule.REPLAY),
    ],
)
def test_the_rules(links: list[tuple[float, int]], rule: Rule) -> None:
    assert judge(links, links[-1][0], is_person=True) == rule


def test_many_readers_behind_one_address_may_all_click_the_same_link() -> None:
    watch, clock = Watch(), count()
    assert not any(watch.see("office", 1, next(clock) / 10)[0].rule for _ in range(100))


def test_who_opens_a_mail_and_clicks_twice_is_no_machine() -> None:
    watch = Watch()
    assert not any(
        watch.see("reader", link, n / 10)[0].rule for n, link in enumerate((OPEN_LINK, 0, OPEN_LINK, 1))
    )


def test_an_address_that_asks_the_mails_of_many_readers_is_a_machine_for_all_of_them() -> None:
    watch = Watch()
    told = [watch.see_crowd("scanner", reader, reader / 20) for reader in range(1, CROWD + 2)]
    assert told[: CROWD - 1] == [(Rule.PERSON, [])] * (CROWD - 1)
    assert told[CROWD - 1 :] == [(Rule.CROWD, list(range(1, CROWD + 1))), (Rule.CROWD, [])]
    assert watch.see_crowd("another", 1, 3.0) == (Rule.PERSON, [])


def test_an_office_whose_readers_come_one_after_the_other_is_no_machine() -> None:
    watch = Watch()
    assert not any(watch.see_crowd("office", reader, reader / 5)[0] for reader in range(1, 200))


def test_a_machine_stays_one_for_this_issue_and_no_other() -> None:
    watch = Watch()
    for link in range(3):
        watch.see("scanner", link, link / 10)
    assert watch.see("scanner", 0, 60.0)[0].rule == Rule.AT_ONCE
    assert watch.see("another", 0, 60.0)[0].rule == Rule.PERSON
    for minute in range(2, 30):
        watch.see("another", 0, minute * 60.0)
    assert watch.see("scanner", 0, MARKED_SECONDS + 1_700)[0].rule == Rule.PERSON


def test_who_follows_the_link_that_nobody_can_see_is_found_out_once() -> None:
    watch = Watch()
    first, _ = watch.see("scanner", 4, 0.0)
    marked, is_new = watch.mark("scanner", Rule.HIDDEN, 0.1)
    assert (marked.who, marked.rule, is_new) == (first.who, Rule.HIDDEN, True)
    assert watch.mark("scanner", Rule.HEAD, 0.2) == (marked, False)


def test_after_some_seconds_an_asker_has_another_number() -> None:
    watch = Watch()
    assert watch.see("reader", 1, 0.0)[0].who == watch.see("reader", 2, 4.0)[0].who
    assert watch.see("reader", 1, 0.0)[0].who != watch.see("reader", 1, 30.0)[0].who
