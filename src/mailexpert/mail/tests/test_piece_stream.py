"""What Liquid writes person by person is encoded as it comes, and has a ceiling."""

import quopri

import pytest

from mailexpert.mail.conditions import Conditions
from mailexpert.mail.memory import MOST_REMEMBERED
from mailexpert.mail.outputs import compile_part
from mailexpert.mail.personalise import Limited, RenderProblem
from mailexpert.mail.piece_stream import Texts


def written(source: str, **contact: str) -> str:
    """Source that gives Liquid something to write: `x` is the name."""
    remembered = "{% assign x = contact.name %}{% if x %}" + source + "{% endif %}"
    part = compile_part(remembered, html=False, addresses={}, conditions=Conditions())
    ((_assign, pieces),) = (passage.render(contact, {}) for passage in part.passages)
    return quopri.decodestring(b"".join(piece for piece in pieces if type(piece) is bytes)).decode()


def test_a_captured_text_goes_through_its_filters_as_text():
    source = "{% capture y %}Dag {{ contact.name }}{% endcapture %}{{ y | upcase }}!"
    assert written(source, name="Anna") == "DAG ANNA!"


def test_line_ends_of_any_kind_are_those_of_mail():
    assert written("{{ x }}", name="a\r\nb\rc").split("\r\n") == ["a", "b", "c"]


def test_more_than_a_mail_holds_is_refused():
    source = "{% for n in (1..100) %}{{ x }}{% endfor %}"
    with pytest.raises(RenderProblem, match="limit"):
        written(source, name="x" * (Limited.output_stream_limit // 90))


def test_what_is_remembered_of_people_has_an_end():
    known = Texts()
    for number in range(MOST_REMEMBERED + 2):
        _ = known[f"lezer {number}"]
    assert len(known) < 10
