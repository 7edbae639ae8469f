"""The rows of a report's tables, which no template escapes."""

from mailexpert.reports.queries import Link
from mailexpert.reports.queries_measured import Row
from mailexpert.reports.templatetags import report_rows
from mailexpert.sending.queries_pulse import Place

WRITTEN, ESCAPED = "<b>&", "&lt;b&gt;&amp;"


def test_what_people_wrote_is_text_in_every_row():
    link = Link(number=0, words=WRITTEN, target="https://a.example/", page=WRITTEN, clicks=3)
    untold = Link(number=1, words="", target="https://a.example/", page=WRITTEN)
    place = Place(name=WRITTEN, planned=4, sent=3, failed=1)
    row = Row(label=WRITTEN, opens=None, clicks=3)
    for made in (
        report_rows.link_rows([link, untold], 20, 3),
        report_rows.place_rows([place]),
        report_rows.share_rows([row], True),
    ):
        assert WRITTEN not in made
        assert ESCAPED in made


def test_what_isnt_told_has_a_dash_and_no_bar():
    untold = Link(number=1, words="Lees", target="https://a.example/", page="a.example")
    made = report_rows.link_rows([untold], 20, 0)
    assert made.count("–") == 2
    assert "<svg" not in made
