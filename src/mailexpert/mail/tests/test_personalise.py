"""Templates by strangers: problems with their line, and a ceiling on everything."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail.personalise import (
    HTML,
    LARGEST_SOURCE,
    MOST_MARKS,
    RenderProblem,
    check,
    fields_used,
    render_html,
    render_text,
    renderer,
    without_fallback,
)


def codes(source, fields=None):
    return [(problem.code, problem.line) for problem in check(source, fields)]


def test_values_are_escaped_in_html_and_not_in_text():
    person = {"name": "<b>Jan & Co</b>"}
    assert render_html("{{ contact.name }}", person) == "&lt;b&gt;Jan &amp; Co&lt;/b&gt;"
    assert render_text("{{ contact.name }}", person) == "<b>Jan & Co</b>"


def test_who_has_no_name_gets_the_fallback():
    source = "Beste {{ contact.first_name | default: 'lezer' }}"
    assert render_text(source, {"first_name": None}) == render_text(source, {}) == "Beste lezer"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Dag {{ contact.name }}", []),
        ("een\ntwee {% if %}{% endif %}", [("syntax", 2)]),
        ("een\n\n{{ contact.x | nope }}", [("unknown_filter", 3)]),
        ("{{ contact.x | replace: 'a', 'aa' }}", [("unknown_filter", 1)]),
        (
            "{{ contact.x | remove: 'a' }}{{ contact.x | join: 'a' }}",
            [("unknown_filter", 1), ("unknown_filter", 1)],
        ),
        ("{% include 'x' %}", [("syntax", 1)]),
        ("{% render 'x' %}", [("syntax", 1)]),
        ("{% tablerow i in (1..3) %}{% endtablerow %}", [("syntax", 1)]),
        ("\n{% assign contact = 1 %}", [("reserved_name", 2)]),
        ("{% capture unsubscribe_url %}{% endcapture %}", [("reserved_name", 1)]),
        ("x" * (LARGEST_SOURCE + 1), [("too_large", 1)]),
        ("{{a}}" * (MOST_MARKS + 1), [("too_large", 1)]),
        ("{{ contact.x " + "| upcase " * 2_000 + "}}", [("too_large", 1)]),
    ],
)
def test_a_problem_is_named_with_its_line(source, found):
    assert codes(source) == found


def test_unknown_fields_are_named_once_the_fields_are_known():
    source = "{{ contact.city }}\n{{ contact.cty }}{{ person.name }}{{ unsubscribe_url }}{{ contact }}"
    found = check(source, {"city"})
    assert [(p.code, p.line, p.name) for p in found] == [
        ("unknown_field", 2, "contact"),
        ("unknown_field", 2, "contact.cty"),
        ("unknown_field", 2, "person.name"),
    ]
    assert check(source) == []


def test_a_field_without_a_fallback_is_a_warning():
    source = (
        "{{ contact.a }}\n{{ contact.b | default: 'x' }}{{ contact.email }}{{ contact.default_c | upcase }}"
    )
    found = without_fallback(source)
    assert [(p.name, p.line, p.is_error) for p in found] == [
        ("contact.a", 1, False),
        ("contact.default_c", 2, False),
    ]
    assert without_fallback("{% if %}") == []


def test_the_fields_that_templates_use():
    sources = ("{% if contact.b %}{{ contact.a }}{% endif %}", "{{ contact.c | default: contact.a }}{{ x }}")
    assert fields_used(*sources) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("een\n{{ 1 | divided_by: 0 }}", 2),
        ("\n\n{{ 'x' | truncate: 'y' }}", 3),
        ("{{ contact.x | upcase: 3 }}", 1),
        ("{{ 'inf' | ceil }}", 1),
        ("{% if 1 contains 2 %}{% endif %}", 1),
        ("{{ 9 " + "| times: 99999999999999999999 " * 300 + "}}", 1),
        ("\n{% for i in (1..1000000000) %}{% endfor %}", 2),
        ("{% for i in (1..100) %}{% for j in (1..100) %}{% endfor %}{% endfor %}", 1),
        ("{% assign x = 'aaaaaaaaaaaaaaaa' %}" + "{% assign x = x | append: x %}" * 40, 1),
        ("{% for i in (1..99) %}" + "x" * 20_000 + "{% endfor %}", 1),
        ("{% if true %}" * 30 + "{% endif %}" * 30, 1),
    ],
)
def test_what_goes_too_far_is_a_render_problem_with_its_line(source, line):
    with pytest.raises(RenderProblem) as found:
        render_text(source, {"x": "a"})
    assert found.value.line == line


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..99) %}" + "{{ contact.none }}" * 1_900 + "{% endfor %}",
        "{% capture x %}{% for i in (1..190) %}"
        + "a" * 250
        + "{% endfor %}{% endcapture %}{% for i in (1..99) %}"
        "{% if x "
        + "| upcase " * 0
        + "== 'y' %}{% endif %}{{ x"
        + " | downcase | upcase" * 400
        + " | slice: 0, 0 }}{% endfor %}",
        "{{ contact.long | strip_html | escape_once | truncatewords: 2 }}",
        "{{ contact.long | date: '%Y' }}",
        "{% if " * 1_000,
        "{{" * 1_000,
        "{% if a " + "and a " * 20_000 + "%}{% endif %}",
        "{{ a" + "[a" * 5_000 + "]" * 5_000 + " }}",
        "{{ a" + ".b" * 100_000 + " }}",
    ],
)
def test_no_template_takes_long(source):
    began = time.process_time()
    with suppress(RenderProblem):
        render_html(source, {"long": "<script" * 20_000})
    assert time.process_time() - began < 5


@given(st.text(alphabet="{}% |.:'\"azcontf\n1<(-", max_size=60))
def test_no_source_raises_anything_else(source):
    for problem in check(source, {"a"}):
        assert 1 <= problem.line <= source.count("\n") + 1
    without_fallback(source)
    with suppress(RenderProblem):
        render_text(source, {"a": "b"})


FILTERS = sorted(HTML.filters)
VALUES = st.none() | st.text(max_size=40) | st.integers() | st.floats() | st.booleans()


@given(st.sampled_from(FILTERS), st.sampled_from(["", ": 2", ": 'x'", ": 'x', 1", ": contact.a"]), VALUES)
def test_no_filter_raises_anything_else_whatever_the_value(name, argument, value):
    render = renderer(f"{{{{ contact.a | {name}{argument} }}}}", html=True)
    with suppress(RenderProblem):
        assert "<script" not in render({"a": value}).lower()


@pytest.mark.parametrize(
    "inside", ["{{ contact.none }}" * 200, "{{ 'a'" + " | upcase" * 200 + " | slice: 0, 0 }}"]
)
def test_a_loop_counts_what_its_rounds_ask_for(inside):
    assert render_text("{% for i in (1..9) %}" + inside + "{% endfor %}", {}) == ""
    with pytest.raises(RenderProblem, match="too much work"):
        render_text("{% for i in (1..99) %}" + inside + "{% endfor %}", {})


def test_no_attribute_of_an_object_can_be_reached():
    for path in ("__class__", "__class__.__mro__", "upper", "first_name.__len__", "items"):
        assert render_text("{{ contact." + path + " }}", {"first_name": "Jan"}) == ""
