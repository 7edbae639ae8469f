import pytest

from mailexpert.web import charts
from mailexpert.web.charts import Line, draw, nice_top, parts, percentage, spark

COUNTS = {
    "planned": 4103,
    "sent": 4043,
    "skipped": 46,
    "failed": 12,
    "deferred": 0,
    "in_doubt": 2,
    "waiting": 0,
}


def test_the_terms_of_a_sum_keep_their_order_and_their_counts() -> None:
    assert [(part.key, part.count) for part in parts(COUNTS)] == [
        ("sent", 4043),
        ("skipped", 46),
        ("failed", 12),
        ("deferred", 0),
        ("in_doubt", 2),
        ("waiting", 0),
    ]
    assert sum(part.count for part in parts(COUNTS)) == COUNTS["planned"]


def test_widths_of_a_bar_are_svg_lengths_that_fill_it() -> None:
    widths = [float(part.width.rstrip("%")) for part in parts(COUNTS)]
    assert sum(widths) == pytest.approx(100, abs=0.05)


def test_a_sum_of_nothing_is_drawn_empty() -> None:
    assert {part.width for part in parts({})} == {"0.00%"}


@pytest.mark.parametrize(("part", "whole", "width"), [(1, 3, "33.33%"), (5, 0, "0.00%"), (7, 5, "100.00%")])
def test_a_width_stays_within_its_bar(part: int, whole: int, width: str) -> None:
    assert percentage(part, whole) == width


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 2), (7, 10), (27, 40), (241, 400), (4812, 5000), (9_999, 10_000)]
)
def test_the_axis_ends_on_a_round_number(highest: float, top: float) -> None:
    assert nice_top(highest) == top


def test_a_line_ends_at_its_last_known_value() -> None:
    rows = [("jan", 1.0), ("feb", 3.0), ("mrt", 4.0), ("apr", None)]
    drawing = draw(Line(says="Groei.", rows=rows, step="Maand", unit="Contacten"))
    assert drawing.path == "M0.00 75.00 L33.33 25.00 L66.67 0.00"
    assert (drawing.end_x, drawing.end_label) == ("66.67%", "4")


def test_a_line_without_values_is_drawn_without_a_path() -> None:
    assert draw(Line(says="Niets.", rows=[], step="Maand", unit="Contacten")).path == ""


def test_an_event_late_in_time_has_its_words_at_the_left() -> None:
    rows = [(str(n), float(n)) for n in range(11)]
    line = Line(says="Groei.", rows=rows, step="Dag", unit="Contacten", event=(8, "open dag"))
    assert draw(line).event.kind == "note-left"  # type: ignore[union-attr]


def test_a_flat_trend_is_still_a_line() -> None:
    assert spark([5, 5]) == "0.0,23.0 96.0,23.0"
    assert spark([]) == ""


def test_lines_that_end_together_have_their_labels_one_above_the_other() -> None:
    found = charts.draw_lines(
        charts.Lines(
            says="",
            steps=["0", "1"],
            step="",
            lines=[("A", [0, 5]), ("B", [0, 5.1]), ("C", [0])],
            names="abc",
        )
    )
    first, second, short = (int(one.label_dy) for one in found.strokes)
    heights = [240 - 240 * value / 6 + dy for value, dy in ((5, first), (5.1, second))]
    assert heights[0] - heights[1] >= charts.LABEL - 1
    assert short == 5
    assert found.rows == [("0", ["0,0", "0,0", "0,0"]), ("1", ["5,0", "5,1", ""])]
