"""The same rules, judged in plain Python on one person: what the SQL is held to by the property test, and how other
rooms judge somebody they hold already. No Django."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mailexpert.contacts.rules import facts
from mailexpert.contacts.rules.facts import Catalogue, Clock, Fact, check_rule
from mailexpert.contacts.rules.sql import BETWEEN_CHOICES
from mailexpert.contacts.rules.tree import Group, Part, Rule


@dataclass(frozen=True, kw_only=True)
class OnList:
    list_id: int
    ground: str
    since: datetime
    ended: bool

    @property
    def stands(self) -> bool:
        return not self.ended and self.ground != "unknown"


@dataclass(frozen=True, kw_only=True)
class Person:
    columns: Mapping[str, Any]
    lists: Sequence[OnList] = ()
    tags: frozenset[int] = frozenset()
    got: Mapping[int, datetime] = field(default_factory=dict)
    is_suppressed: bool = False


def holds(tree: Part, person: Person, catalogue: Catalogue, clock: Clock) -> bool:
    """Whether a person fits. Raises TreeProblem."""
    if isinstance(tree, Group):
        parts = [holds(part, person, catalogue, clock) for part in tree.parts]
        if not parts:
            return True
        return {"all": all(parts), "any": any(parts), "none": not any(parts)}[tree.join]
    fact = check_rule(tree, catalogue)
    return KINDS[fact.kind](fact, tree, person, clock)


def _text(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    mine = str(person.columns.get(fact.column) or "").lower()
    is_set = person.columns.get(fact.column) is not None
    if rule.test == "any_of":
        return is_set and mine in facts.texts_of(rule)
    asked = str(rule.value or "").lower()
    return {
        "is": is_set and mine == asked,
        "is_not": not is_set or mine != asked,
        "begins": is_set and mine.startswith(asked),
        "ends": is_set and mine.endswith(asked),
        "contains": is_set and asked in mine,
        "contains_not": not is_set or asked not in mine,
        "filled": mine != "",
        "empty": mine == "",
    }[rule.test]


def _number(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    mine: float | None = person.columns.get(fact.column)
    if rule.test in ("filled", "empty"):
        return (mine is not None) == (rule.test == "filled")
    asked = facts.number_of(rule)
    if mine is None:
        return rule.test == "is_not"
    return {
        "is": mine == asked,
        "is_not": mine != asked,
        "over": mine > asked,
        "from": mine >= asked,
        "under": mine < asked,
        "upto": mine <= asked,
    }[rule.test]


def _date(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    mine: date | None = person.columns.get(fact.column)
    if rule.test in ("filled", "empty"):
        return (mine is not None) == (rule.test == "filled")
    if mine is None:
        return False
    if rule.test == "anniversary_in":
        day = clock.ahead(facts.days_of(rule))
        return (mine.month, mine.day) == (day.month, day.day)
    if rule.test == "next_days":
        return clock.today <= mine <= clock.ahead(facts.days_of(rule))
    if rule.test == "past_days":
        return clock.back(facts.days_of(rule)) <= mine <= clock.today
    return _on_day(mine, rule, clock)


def _on_day(mine: date, rule: Rule, clock: Clock) -> bool:
    match rule.test:
        case "past_days":
            return mine >= clock.back(facts.days_of(rule))
        case "longer_ago":
            return mine < clock.back(facts.days_of(rule))
    asked = facts.day_of(rule)
    return {"after": mine > asked, "before": mine < asked, "on": mine == asked}[rule.test]


def _moment(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    return _on_day(person.columns[fact.column].astimezone(clock.zone).date(), rule, clock)


def _signup(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    return any(
        _on_day(one.since.astimezone(clock.zone).date(), rule, clock) for one in person.lists if one.stands
    )


def _boolean(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    mine = person.columns.get(fact.column)
    return mine is {"yes": True, "no": False, "empty": None}[rule.test]


def _choices(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    mine = person.columns.get(fact.column) or ""
    if rule.test in ("filled", "empty"):
        return bool(mine) == (rule.test == "filled")
    return (str(rule.value) in mine.split(BETWEEN_CHOICES)) == (rule.test == "has")


def _tag(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    return (int(str(rule.value)) in person.tags) == (rule.test == "has")


def _list(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    mine = [one for one in person.lists if one.list_id == int(str(rule.value))]
    stands = any(one.stands for one in mine)
    return {
        "signed_up": stands,
        "not_signed_up": not stands,
        "unsubscribed": any(one.ended for one in mine),
        "no_ground": any(not one.ended and one.ground == "unknown" for one in mine),
    }[rule.test]


def _ground(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    return any(not one.ended and one.ground == rule.value for one in person.lists) == (rule.test == "has")


def _mailing(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    return (int(str(rule.value)) in person.got) == (rule.test == "got")


def _mailed(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    since = clock.start_of(clock.back(facts.days_of(rule)))
    return any(at >= since for at in person.got.values()) == (rule.test == "past_days")


def _blocked(fact: Fact, rule: Rule, person: Person, clock: Clock) -> bool:
    return person.is_suppressed == (rule.test == "yes")


KINDS: Mapping[str, Callable[[Fact, Rule, Person, Clock], bool]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "moment": _moment,
    "boolean": _boolean,
    "choice": _text,
    "choices": _choices,
    "tag": _tag,
    "list": _list,
    "ground": _ground,
    "signup": _signup,
    "mailing": _mailing,
    "mailed": _mailed,
    "blocked": _blocked,
}
