"""The editor of a segment, as its template shows it: rows with their controls, and what is left after each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mailexpert.contacts import words_segments as words
from mailexpert.contacts.queries_segments import Number
from mailexpert.contacts.rules import facts
from mailexpert.contacts.rules.draft import Draft, name_of
from mailexpert.contacts.rules.facts import Catalogue, Fact
from mailexpert.contacts.rules.tree import DEEPEST

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A rule or a group. `control` is how its value is asked: none, text, number, days, date or choice."""

    name: str
    depth: int
    between: str = ""
    is_group: bool = False
    join: str = ""
    joins: Choices = ()
    rows: "Sequence[Row]" = ()
    may_nest: bool = True
    on: str = ""
    test: str = ""
    tests: Choices = ()
    control: str = "none"
    value: str = ""
    choices: Choices = ()
    problem: str = ""
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class Editor:
    root: Row
    groups: Sequence[tuple[str, Choices]]
    left: Mapping[str, Number] = field(default_factory=dict)
    total: Number | None = None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the page knows beside the rules themselves."""

    catalogue: Catalogue
    problems: Mapping[tuple[int, ...], str]
    new: tuple[int, ...] | None = None


def root_of(draft: Draft, shown: Shown) -> Row:
    return _group(draft, (), "", shown)


def fact_choices(catalogue: Catalogue) -> list[tuple[str, Choices]]:
    """Everything that can be asked, in groups."""
    own = [(key, fact.label) for key, fact in catalogue.facts.items() if key.startswith("field:")]
    found: list[tuple[str, Choices]] = [
        (str(place), [(key, words.label(catalogue.facts[key])) for key in keys if key in catalogue.facts])
        for place, keys in words.PLACES
    ]
    if own:
        found.insert(2, (_("Your own fields"), own))
    return found


def _group(draft: Draft, path: tuple[int, ...], between: str, shown: Shown) -> Row:
    join = draft["join"] if draft["join"] in words.JOINS else "all"
    word = _("and") if join == "all" else _("or")
    rows = [
        (_group if "parts" in part else _rule)(part, (*path, n), word if n else "", shown)
        for n, part in enumerate(draft["parts"])
    ]
    return Row(
        name=name_of(path),
        depth=len(path),
        between=between,
        is_group=True,
        join=join,
        joins=[(key, str(text)) for key, text in words.JOINS.items()],
        rows=rows,
        may_nest=len(path) < DEEPEST - 2,
    )


def _rule(draft: Draft, path: tuple[int, ...], between: str, shown: Shown) -> Row:
    fact = shown.catalogue.facts.get(draft["on"])
    tests = [(test, str(words.TESTS[test])) for test in fact.tests] if fact else []
    code = shown.problems.get(path, "" if fact else "gone")
    return Row(
        name=name_of(path),
        depth=len(path),
        between=between,
        on=draft["on"],
        test=draft["test"],
        tests=tests,
        control=_control(fact, draft["test"]) if fact else "none",
        value=_written(draft["value"]),
        choices=list(fact.options.items()) if fact else [],
        problem=words.problem(code) if code else "",
        is_new=path == shown.new,
    )


def _control(fact: Fact, test: str) -> str:
    if test in facts.NO_VALUE:
        return "none"
    if test in facts.DAYS:
        return "days"
    if fact.kind in ("date", "moment", "signup"):
        return "date"
    if fact.kind == "number":
        return "number"
    return (
        "choice" if (fact.options and test != "any_of") or fact.kind in ("list", "tag", "mailing") else "text"
    )


def _written(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
