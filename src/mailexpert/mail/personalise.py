"""Personal fields: Liquid with a ceiling on everything, for templates that strangers write."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from liquid import Environment, Mode
from liquid.builtin.filters.misc import date as liquid_date
from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError, LiquidSyntaxError
from liquid.filter import liquid_filter, with_environment
from liquid.undefined import Undefined
from markupsafe import Markup

LARGEST_SOURCE = 500_000  # characters; the parser's work grows with them

# What a mail needs. Not in it: replace and remove, whose chains make 100 MB from one line; `join` and `split`
# follow them, because a text cut to letters and joined by a text does the same.
ALLOWED_FILTERS = frozenset(
    "abs append capitalize ceil date default divided_by downcase escape escape_once first floor last lstrip minus "
    "modulo newline_to_br plus prepend round rstrip size slice strip strip_html strip_newlines times truncate "
    "truncatewords upcase url_encode".split()
)
ALLOWED_TAGS = frozenset(
    "if unless case for assign capture comment raw break continue # increment decrement".split()
)
SPECIAL = frozenset({"unsubscribe_url"})
ISO_DATE = re.compile(r"[12]\d{3}-\d\d-\d\d").fullmatch


@with_environment
@liquid_filter
def date(value: object, pattern: object, *, environment: Environment) -> object:
    """`date`, with ISO dates read directly: python-liquid asks dateutil, which takes 60 µs for each."""
    if type(value) is str and isinstance(pattern, str) and ISO_DATE(value):
        try:
            made = dt.date.fromisoformat(value).strftime(pattern)
        except ValueError:
            return liquid_date(value, pattern, environment=environment)
        return Markup(made) if environment.autoescape and isinstance(pattern, Markup) else made  # noqa: S704
    return liquid_date(value, pattern, environment=environment)


class Limited(Environment):
    output_stream_limit = 2_000_000
    loop_iteration_limit = 10_000
    local_namespace_limit = 1_000_000
    context_depth_limit = 10
    block_nesting_limit = 20


def _environment(*, autoescape: bool) -> Limited:
    made = Limited(autoescape=autoescape, tolerance=Mode.STRICT)
    made.filters = {name: function for name, function in made.filters.items() if name in ALLOWED_FILTERS}
    made.filters["date"] = date
    made.tags = {
        name: tag for name, tag in made.tags.items() if name in ALLOWED_TAGS or name not in NAMED_TAGS
    }
    return made


# Tags that read other templates, or go round the ceilings. Everything not named here is the parser's own.
NAMED_TAGS = frozenset("include render extends block macro call cycle tablerow liquid ifchanged doc".split())
HTML = _environment(autoescape=True)
TEXT = _environment(autoescape=False)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a source. `code`: syntax, unknown_filter, unknown_field, too_large, no_fallback."""

    line: int
    code: str
    message: str
    name: str = ""
    is_error: bool = True


class RenderProblem(Exception):
    """A template could not be rendered for a person; `line` is where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def check(source: str, fields: Collection[str] | None = None) -> list[Problem]:
    """Every problem that can be seen before rendering, by line. `fields`: the names after `contact.` that exist;
    None when they are not known yet."""
    if len(source) > LARGEST_SOURCE:
        return [Problem(line=1, code="too_large", message=f"more than {LARGEST_SOURCE} characters")]
    try:
        template = HTML.from_string(source)
        analysis = template.analyze(include_partials=False)
    except LiquidError as problem:
        return [Problem(line=_line(problem, source), code="syntax", message=_message(problem))]
    found = [
        Problem(
            line=_line_at(source, span.index),
            code="unknown_filter",
            message=f"unknown filter {name!r}",
            name=name,
        )
        for name, spans in analysis.filters.items()
        if name not in ALLOWED_FILTERS
        for span in spans
    ]
    if fields is not None:
        found += _unknown_fields(analysis, source, fields)
    return sorted(found, key=lambda problem: problem.line)


def _unknown_fields(analysis: Any, source: str, fields: Collection[str]) -> Iterator[Problem]:
    for variables in analysis.globals.values():
        for variable in variables:
            parts = [str(part) for part in variable.segments]
            known = (parts[0] == "contact" and len(parts) > 1 and parts[1] in fields) or parts[0] in SPECIAL
            if not known:
                name = ".".join(parts)
                line = _line_at(source, variable.span.index)
                yield Problem(line=line, code="unknown_field", message=f"unknown field {name}", name=name)


def without_fallback(source: str) -> list[Problem]:
    """Fields shown without a `default`: who has none reads a gap there."""
    try:
        template = HTML.from_string(source)
    except LiquidError:
        return []
    found = []
    for node in template.nodes:
        if isinstance(node, OutputNode):
            said = str(node.expression)
            if said.startswith("contact.") and "default" not in said and not said.startswith("contact.email"):
                name = said.split("|")[0].strip()
                line = _line_at(source, node.token.start_index)
                found.append(
                    Problem(
                        line=line,
                        code="no_fallback",
                        message=f"{name} has no fallback",
                        name=name,
                        is_error=False,
                    )
                )
    return found


def render_html(source: str, contact: Mapping[str, Any], **special: str) -> str:
    """The HTML a person gets, values escaped. Raises RenderProblem."""
    return _render(HTML, source, contact, special)


def render_text(source: str, contact: Mapping[str, Any], **special: str) -> str:
    """The text or subject a person gets. Raises RenderProblem."""
    return _render(TEXT, source, contact, special)


def _render(environment: Limited, source: str, contact: Mapping[str, Any], special: Mapping[str, str]) -> str:
    try:
        return environment.from_string(source).render(contact=dict(contact), **special)
    except LiquidError as problem:
        raise RenderProblem(_message(problem), _line(problem, source)) from problem


def renderer(source: str, *, html: bool) -> Callable[..., str]:
    """A source compiled once, rendered for many. The made function raises RenderProblem."""
    template = (HTML if html else TEXT).from_string(source)

    def render(contact: Mapping[str, Any], **special: str) -> str:
        try:
            return template.render(contact=contact, **special)
        except LiquidError as problem:
            raise RenderProblem(_message(problem), _line(problem, source)) from problem

    return render


def fields_used(*sources: str) -> tuple[str, ...]:
    """The names after `contact.` in templates that Liquid can read."""
    names: set[str] = set()
    for source in sources:
        for variables in HTML.from_string(source).analyze(include_partials=False).globals.values():
            for variable in variables:
                parts = [str(part) for part in variable.segments]
                if parts[0] == "contact" and len(parts) > 1:
                    names.add(parts[1])
    return tuple(sorted(names))


def _message(problem: LiquidError) -> str:
    return str(problem.message or problem)


def _line(problem: LiquidError, source: str) -> int:
    token = getattr(problem, "token", None)
    return _line_at(source, token.start_index) if token is not None and token.start_index >= 0 else 1


def _line_at(source: str, index: int) -> int:
    return source.count("\n", 0, max(index, 0)) + 1


__all__ = ["HTML", "TEXT", "LiquidSyntaxError", "Problem", "RenderProblem", "Undefined", "check"]
