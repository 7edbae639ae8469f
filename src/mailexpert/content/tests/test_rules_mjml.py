import pytest

from mailexpert.content.rules_mjml import tidy
from mailexpert.content.rules_shield import shield

AROUND = "<mjml><mj-body><mj-section><mj-column>\n{}\n</mj-column></mj-section></mj-body></mjml>"


def said(source: str) -> list[str]:
    tidied = tidy(shield(source, keep_lines=True).source)
    return [f"{problem.line}: {problem.message}" for problem in tidied.problems]


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("<mj-textt>a</mj-textt>", "2: There is no <mj-textt>. Do you mean <mj-text>?"),
        ("<mj-zzz>a</mj-zzz>", "2: There is no <mj-zzz>."),
        (
            "<mj-carousel></mj-carousel>",
            "2: <mj-carousel> doesn’t work in most mail programs, so it isn’t taken.",
        ),
        (
            "<mj-section></mj-section>",
            "2: <mj-section> can’t stand in <mj-column>; it belongs in <mj-body> / <mj-wrapper>.",
        ),
        ("<p>a</p>", "2: <p> can’t stand in <mj-column>; it belongs in <mj-text> / <mj-raw>."),
        ("hallo", "2: Text can’t stand directly in <mj-column>; put it in <mj-text>."),
        ("<mj-text color=red>a</mj-text>", "2: The value of “color” needs quotes around it."),
        ("<mj-text>3 < 4</mj-text>", "2: Write &lt; for a loose <."),
        ("<mj-text><b>a</mj-text>", "2: </mj-text> stands here, but <b> of line 2 must be closed first."),
        ("</mj-button>", "2: </mj-button> closes something that isn’t open."),
    ],
)
def test_a_mistake_is_named_with_its_line(inside: str, problem: str) -> None:
    assert said(AROUND.format(inside))[0] == problem


def test_a_slip_of_the_pen_is_one_problem() -> None:
    assert said(AROUND.format("<mj-text>a</mj-txet>")) == ["2: There is no <mj-txet>. Do you mean <mj-text>?"]


def test_html_inside_a_text_may_be_written_as_html() -> None:
    assert said(AROUND.format("<mj-text><p>een<p>twee<br>&nbsp; & <img src='a'></mj-text>")) == []


def test_what_never_closes_is_named_where_it_opens() -> None:
    assert said("<mjml>\n<mj-body>\n<mj-section>")[0] == "1: <mjml> is opened here and never closed."


@pytest.mark.parametrize("source", ["", "hallo", "<p>x</p>"])
def test_what_is_no_mjml_says_so(source: str) -> None:
    assert "must begin with <mjml>" in said(source)[0]


def test_a_mail_without_a_body_says_so() -> None:
    assert "<mj-body> is missing" in said("<mjml><mj-head></mj-head></mjml>")[0]


def test_inline_styles_are_taken_out_for_the_inliner() -> None:
    head = "<mjml><mj-head><mj-style inline='inline'>p{a:b}</mj-style></mj-head><mj-body></mj-body></mjml>"
    tidied = tidy(head)
    assert tidied.css == "p{a:b}"
    assert "p{a:b}" not in tidied.put_back(tidied.mjml)
