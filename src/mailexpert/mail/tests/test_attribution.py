"""Which click a conversion is counted for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail import marks
from mailexpert.mail.attribution import LEAST_DAYS, MOST_DAYS, NOTHING, Channel, Touch, last_click, read, word

KEY = b"k" * 32
TODAY = 20_786


def mail(day: int, issue: int = 1) -> Touch:
    return Touch(channel=Channel.MAIL, day=day, issue=issue)


def ad(day: int) -> Touch:
    return Touch(channel=Channel.ADVERTISING, day=day, source="google")


@pytest.mark.parametrize(
    ("touches", "window", "wanted"),
    [
        ([], 7, NOTHING),
        ([mail(TODAY)], 7, mail(TODAY)),
        ([mail(TODAY - 7)], 7, mail(TODAY - 7)),
        ([mail(TODAY - 8)], 7, NOTHING),
        ([mail(TODAY - 1)], 1, mail(TODAY - 1)),
        ([mail(TODAY - 2)], 1, NOTHING),
        ([mail(TODAY - 30)], 30, mail(TODAY - 30)),
        ([mail(TODAY - 3), ad(TODAY - 1)], 7, ad(TODAY - 1)),
        ([ad(TODAY - 3), mail(TODAY - 1)], 7, mail(TODAY - 1)),
        ([ad(TODAY), mail(TODAY)], 7, mail(TODAY)),
        ([mail(TODAY - 20, 1), mail(TODAY - 2, 2)], 7, mail(TODAY - 2, 2)),
        ([mail(TODAY + 1)], 7, mail(TODAY + 1)),
        ([mail(TODAY + 2)], 7, NOTHING),
        ([NOTHING], 7, NOTHING),
    ],
)
def test_the_last_click_inside_the_window_wins(touches, window, wanted):
    assert last_click(touches, day=TODAY, window=window) == wanted


DAYS = st.integers(TODAY - 60, TODAY + 5)
TOUCHES = st.lists(
    st.builds(Touch, channel=st.sampled_from(Channel), day=DAYS, issue=st.integers(1, 9)), max_size=8
)


@given(TOUCHES, st.integers(LEAST_DAYS, MOST_DAYS), st.randoms())
def test_whatever_comes_in_no_click_outside_the_window_and_none_after_it_is_passed_over(
    touches, window, random
):
    found = last_click(touches, day=TODAY, window=window)
    fit = [one for one in touches if one.channel and TODAY - window <= one.day <= TODAY + 1]
    assert (found == NOTHING) is (not fit)
    if fit:
        assert found in fit
        assert found.day == max(one.day for one in fit)
    shuffled = random.sample(touches, len(touches))
    again = last_click(shuffled, day=TODAY, window=window)
    assert (again.day, again.channel) == (found.day, found.channel)


@given(TOUCHES, st.integers(LEAST_DAYS, MOST_DAYS - 1))
def test_a_wider_window_never_loses_a_conversion(touches, window):
    narrow = last_click(touches, day=TODAY, window=window)
    assert narrow == NOTHING or last_click(touches, day=TODAY, window=window + 1) == narrow


def test_a_site_tells_a_mark_or_words():
    token = marks.seal(KEY, marks.Mark(5, 2, TODAY, 9))
    assert read(KEY, token) == Touch(channel=Channel.MAIL, day=TODAY, issue=5, link=2, contact=9)
    assert read(KEY, f"u.{TODAY}.Google.cpc.Zomer%20actie") == Touch(
        channel=Channel.ADVERTISING, day=TODAY, source="google", medium="cpc", campaign="zomer actie"
    )


@given(st.text(max_size=80) | st.text(max_size=60).map(lambda text: "u." + text))
def test_whatever_a_site_tells_is_read_or_refused(told):
    found = read(KEY, told)
    assert found is None or found.channel == Channel.ADVERTISING


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (" Zomer ", "zomer"), ("a\nb\x00c", "a b c"), ("jan@postvak.example", ""), ("jan%40x", ""),
        ("0612345678", ""), ("actie-2026-11", "actie-2026-11"), ("x" * 300, "x" * 100),
    ],
)  # fmt: skip
def test_a_word_is_kept_without_what_could_name_a_person(told, kept):
    assert word(told) == kept
