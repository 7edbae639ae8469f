from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail import verp
from mailexpert.mail.links import Stop

KEY = b"k" * 32
IDS = st.integers(1, 2**48 - 1)


@given(IDS, IDS)
def test_a_return_path_comes_back_with_its_issue_and_contact(issue: int, contact: int) -> None:
    path = verp.return_path(KEY, issue, contact, "mx-abc.winkel.example")
    assert len(path.partition("@")[0]) <= 64
    assert verp.read(KEY, path) == Stop(issue, contact)
    assert verp.read(KEY, f"<{path.upper()}>") == Stop(issue, contact)


def test_nobody_can_make_one_without_the_key() -> None:
    path = verp.return_path(b"x" * 32, 7, 5, "mx-abc.winkel.example")
    assert verp.read(KEY, path) is None
    changed = verp.return_path(KEY, 7, 5, "h.example").replace("b-000000000007", "b-000000000008")
    assert verp.read(KEY, changed) is None


@given(st.text(max_size=80))
def test_whatever_comes_in_is_read_or_refused(text: str) -> None:
    assert verp.read(KEY, text) is None
    assert verp.read(KEY, f"b-{text}@x.example") is None
