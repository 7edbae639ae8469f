"""Pieces of quoted-printable that can be put together in any order."""

import quopri

from hypothesis import example, given
from hypothesis import strategies as st

from mailexpert.mail import quoted

TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=300) | st.text(
    alphabet=" .=\n\taé😀", max_size=300
)


def assert_lines(coded):
    for line in coded.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith(b".")
        assert not line.endswith((b" ", b"\t"))
        assert b"  " not in line
        assert line.isascii()
        assert b"\n" not in line


@given(TEXTS)
@example(" " * 300)
@example("." * 300)
@example("x" * 75 + ".")
@example("x" * 74 + "é" * 40)
@example("=" * 200)
@example("a  " * 60)
def test_whatever_is_coded_reads_as_it_was_and_keeps_the_rules_of_lines(text):
    coded = quoted.piece(text)
    assert_lines(coded.removesuffix(b" ") if text.endswith((" ", "\t")) else coded)
    assert quopri.decodestring(coded).replace(b"\r\n", b"\n").decode() == text


@given(st.lists(TEXTS, max_size=5))
def test_pieces_read_as_one_text_in_any_order(texts):
    coded = b"".join(quoted.piece(text) for text in texts)
    assert_lines(coded)
    assert quopri.decodestring(coded).replace(b"\r\n", b"\n").decode() == "".join(texts)


@given(TEXTS, st.integers(0, 75))
def test_a_piece_may_begin_behind_something_else(text, column):
    before = b"x" * column
    coded = before + quoted.piece(text, column=column)
    assert all(len(line) <= 76 for line in coded.split(b"\r\n"))
    assert quopri.decodestring(coded).replace(b"\r\n", b"\n").decode() == before.decode() + text


def test_a_lone_surrogate_becomes_a_question_mark():
    assert quoted.piece("a\ud800b") == b"a?b=\r\n"
