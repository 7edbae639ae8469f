"""What Liquid writes person by person is encoded as it comes, and has a ceiling."""

import quopri

import pytest

from mailexpert.mail.memory import MOST_REMEMBERED
from mailexpert.mail.outputs import compile_part
from mailexpert.mail.personalise import Limited, RenderProblem
from mailexpert.mail.piece_stream import Known


def written(source: str, **contact: str) -> str:
    part = compile_part("{% if true %}" + source + "{% endif %}", html=False, addresses={})
    ((pieces,),) = (passage.render(contact, {}) for passage in part.passages)
    return quopri.decodestring(b"".join(pieces)).decode()


def test_a_captured_text_goes_through_its_filters_as_text():
    source = "{% capture x %}Dag {{ contact.name }}{% endcapture %}{{ x | upcase }}!"
    assert written(source, name="Anna") == "DAG ANNA!"


def test_line_ends_of_any_kind_are_those_of_mail():
    assert written("{{ contact.name }}", name="a\r\nb\rc").split("\r\n") == ["a", "b", "c"]


def test_more_than_a_mail_holds_is_refused():
    source = "{% for n in (1..100) %}{{ contact.name }}{% endfor %}"
    with pytest.raises(RenderProblem, match="limit"):
        written(source, name="x" * (Limited.output_stream_limit // 90))


def test_what_is_remembered_of_people_has_an_end_and_the_template_stays():
    known = Known(["Dag "])
    for number in range(MOST_REMEMBERED + 2):
        _ = known[f"lezer {number}"]
    assert len(known) < 10
    assert "Dag " in known
