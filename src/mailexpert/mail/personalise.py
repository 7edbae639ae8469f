"""Personal fields: Liquid with a ceiling on everything, for templates that strangers write."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from liquid import BoundTemplate, Environment, Mode
from liquid.builtin.expressions.filtered import FilteredExpression
from liquid.builtin.expressions.path import Path
from liquid.builtin.output import OutputNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.token import Token

from mailexpert.mail import filters

LARGEST_SOURCE = 500_000  # characters; the parser's work grows with them
MOST_MARKS = 2_000  # pieces of Liquid in a source
MOST_FILTERS = 1_000  # uses of a filter in a source
MOST_WORK = 10_000  # fields read and filters run for one mail
ALLOWED_TAGS = frozenset(
    (
        "if",
        "unless",
        "case",
        "for",
        "assign",
        "capture",
        "comment",
        "break",
        "continue",
        "#",
        "increment",
        "decrement",
    )
)
INNER_TAGS = frozenset(("content", "output", "illegal"))  # the parser's own
UNSUBSCRIBE = "unsubscribe_url"
PREFERENCES = "preferences_url"
ADDRESSES = frozenset((UNSUBSCRIBE, PREFERENCES))  # where a person goes with the token of their own
BROWSER = "browser_url"  # the mail as a page: the same for every reader, in its place before anyone is mailed
RESERVED = ADDRESSES | {"contact", BROWSER}  # a template that gives these a value could hide the way out
NOT_A_FIELD = frozenset(
    ("size", "first", "last")
)  # Liquid answers these itself instead of looking a field up
LONGEST_MARK = 10_000  # characters of one piece of Liquid
MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


class Counted(RenderContext):
    """Counts what a template asks for: a hundred rounds of a thousand filters over 50 kB would take minutes."""

    work_left = MOST_WORK

    def get(self, *args: Any, **kwargs: Any) -> object:
        self._work()
        return super().get(*args, **kwargs)

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        self._work()
        return super().filter(name, token)

    def _work(self) -> None:
        self.work_left -= 1
        if self.work_left < 0:
            raise ResourceLimitError("too much work for one mail", token=None)


class CountedTemplate(BoundTemplate):
    context_class = Counted


class Limited(Environment):
    """Ceilings that a mail never meets: its loops count to twelve, not to a million."""

    template_class = CountedTemplate
    output_stream_limit = 1_000_000  # bytes
    loop_iteration_limit = 100
    local_namespace_limit = 50_000  # bytes
    context_depth_limit = 10
    block_nesting_limit = 20


def _environment(*, autoescape: bool) -> Limited:
    made = Limited(autoescape=autoescape, tolerance=Mode.STRICT)
    made.filters = {name: function for name, function in made.filters.items() if name in filters.ALLOWED}
    made.filters["date"] = filters.date
    made.tags = {name: tag for name, tag in made.tags.items() if name in ALLOWED_TAGS | INNER_TAGS}
    return made


HTML = _environment(autoescape=True)
TEXT = _environment(autoescape=False)


def value_of(value: Any) -> Any:
    """A column's value as templates see it: a whole number without its `.0`, a date in ISO form."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a source. `code`: syntax, unknown_filter, unknown_field, reserved_name, too_large,
    no_fallback. `line` counts from 1."""

    line: int
    code: str
    message: str
    name: str = ""
    is_error: bool = True


class RenderProblem(Exception):
    """A template could not be read, or not rendered for a person; `line` is where, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def check(source: str, fields: Collection[str] | None = None) -> list[Problem]:
    """Every problem that can be seen before rendering, by line. `fields`: the names after `contact.` that exist;
    None when they are not known yet. Never raises."""
    try:
        template = read(source, HTML)
    except RenderProblem as problem:
        code = "too_large" if isinstance(problem, TooLarge) else "syntax"
        return [Problem(line=problem.line, code=code, message=str(problem))]
    analysis = template.analyze(include_partials=False)
    found = [*_unknown_filters(analysis, source), *_reserved_names(analysis, source)]
    if sum(map(len, analysis.filters.values())) > MOST_FILTERS:
        found.append(Problem(line=1, code="too_large", message=f"more than {MOST_FILTERS} filters"))
    if fields is not None:
        found += _unknown_fields(analysis, source, fields)
    return sorted(found, key=lambda problem: (problem.line, problem.name))


def _unknown_filters(analysis: Any, source: str) -> Iterator[Problem]:
    for name, spans in analysis.filters.items():
        if name not in filters.ALLOWED:
            for span in spans:
                line, message = _line_at(source, span.index), f"unknown filter {name!r}"
                yield Problem(line=line, code="unknown_filter", message=message, name=name)


def _reserved_names(analysis: Any, source: str) -> Iterator[Problem]:
    for name in RESERVED.intersection(analysis.locals):
        line, message = (
            _line_at(source, analysis.locals[name][0].span.index),
            f"{name!r} can't be given a value",
        )
        yield Problem(line=line, code="reserved_name", message=message, name=name)


def _unknown_fields(analysis: Any, source: str, fields: Collection[str]) -> Iterator[Problem]:
    for variables in analysis.globals.values():
        for variable in variables:
            parts = [str(part) for part in variable.segments]
            is_address = parts[0] in ADDRESSES or parts[0] == BROWSER
            known = is_address or (parts[0] == "contact" and len(parts) > 1 and parts[1] in fields)
            if not known:
                name = ".".join(parts)
                line = _line_at(source, variable.span.index)
                yield Problem(line=line, code="unknown_field", message=f"unknown field {name}", name=name)


def without_fallback(source: str) -> list[Problem]:
    """Fields shown without a `default`: who has none reads a gap there. The address is nobody's gap."""
    try:
        nodes = read(source, HTML).nodes
    except RenderProblem:
        return []
    return [
        _no_fallback(node, source) for node in nodes if isinstance(node, OutputNode) and _can_be_empty(node)
    ]


def _can_be_empty(node: OutputNode) -> bool:
    shown = node.expression
    if not isinstance(shown, FilteredExpression) or not isinstance(shown.left, Path):
        return False
    path = shown.left.path
    has_default = any(found.name == "default" for found in shown.filters or ())
    return path[0] == "contact" and path[1:] != ["email"] and not has_default


def _no_fallback(node: OutputNode, source: str) -> Problem:
    name = str(node.expression).partition("|")[0].strip()
    line, message = _line_at(source, node.token.start_index), f"{name} has no fallback"
    return Problem(line=line, code="no_fallback", message=message, name=name, is_error=False)


def render_html(source: str, contact: Mapping[str, Any], **special: str) -> str:
    """The HTML a person gets, values escaped. Raises RenderProblem."""
    return renderer(source, html=True)(contact, **special)


def render_text(source: str, contact: Mapping[str, Any], **special: str) -> str:
    """The text or subject a person gets. Raises RenderProblem."""
    return renderer(source, html=False)(contact, **special)


def renderer(source: str, *, html: bool) -> Callable[..., str]:
    """A source compiled once, rendered for many: `render(contact, unsubscribe_url=…)`. Both raise RenderProblem."""
    template = read(source, HTML if html else TEXT)

    def render(contact: Mapping[str, Any], **special: str) -> str:
        with as_render_problem(source):
            return template.render(contact=dict(contact), **special)

    return render


@contextmanager
def as_render_problem(source: str) -> Iterator[None]:
    """Whatever Liquid makes of a person's values, as a RenderProblem with its line."""
    try:
        yield
    except LiquidError as problem:
        raise RenderProblem(_message(problem), _line(problem, source)) from problem
    except (ValueError, ArithmeticError, TypeError, RecursionError) as problem:
        raise RenderProblem(str(problem), 1) from problem  # numbers beyond what filters can take


class TooLarge(RenderProblem):
    """The source is larger than any mail's."""


def read(source: str, environment: Limited) -> BoundTemplate:
    """A source as a template. Raises RenderProblem with its line."""
    if len(source) > LARGEST_SOURCE:
        raise TooLarge(f"more than {LARGEST_SOURCE} characters", 1)
    for number, mark in enumerate(MARK.finditer(source)):
        if number >= MOST_MARKS or len(mark[0]) > LONGEST_MARK:
            raise TooLarge(
                "more fields and tags, or longer ones, than any mail has", _line_at(source, mark.start())
            )
    try:
        return environment.from_string(source)
    except LiquidError as problem:
        raise RenderProblem(_message(problem), _line(problem, source)) from problem
    except (ValueError, RecursionError) as problem:
        raise RenderProblem(str(problem), 1) from problem


def reserved_names(source: str) -> frozenset[str]:
    """The names that a source gives a value though they aren't its own. Raises RenderProblem."""
    return RESERVED.intersection(read(source, HTML).analyze(include_partials=False).locals)


def fields_used(*sources: str) -> tuple[str, ...]:
    """The names after `contact.` in templates, in order. Raises RenderProblem."""
    names: set[str] = set()
    for source in sources:
        for variables in read(source, HTML).analyze(include_partials=False).globals.values():
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
