"""What can be asked of a contact, and how. A catalogue is what one account has: its fields, lists, labels and
mailings. No Django."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from mailexpert.contacts.rules.tree import Group, Rule, TreeProblem, rules

MOST_DAYS = 36_500
FAR = 10.0**15

# Which tests a kind of fact knows. Those in NO_VALUE ask for none, those in DAYS for a number of days.
TESTS: Mapping[str, tuple[str, ...]] = {
    "text": ("is", "is_not", "begins", "ends", "contains", "contains_not", "any_of", "filled", "empty"),
    "number": ("is", "is_not", "over", "from", "under", "upto", "filled", "empty"),
    "date": (
        "past_days", "next_days", "longer_ago", "after", "before", "on", "anniversary_in", "filled", "empty",
    ),
    "moment": ("past_days", "longer_ago", "after", "before", "on"),
    "boolean": ("yes", "no", "empty"),
    "choice": ("is", "is_not", "any_of", "filled", "empty"),
    "choices": ("has", "has_not", "filled", "empty"),
    "tag": ("has", "has_not"),
    "list": ("signed_up", "not_signed_up", "unsubscribed", "no_ground"),
    "ground": ("has", "has_not"),
    "signup": ("past_days", "longer_ago", "after", "before", "on"),
    "mailing": ("got", "not_got"),
    "mailed": ("past_days", "not_past_days"),
    "blocked": ("yes", "no"),
}  # fmt: skip
NO_VALUE = {"filled", "empty", "yes", "no"}
DAYS = {"past_days", "not_past_days", "next_days", "longer_ago", "anniversary_in"}
OF_OPTIONS = {"tag", "list", "mailing", "ground", "choice", "choices"}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that can be asked. `column` is the contact's own, where it has one."""

    key: str
    kind: str
    column: str = ""
    label: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def tests(self) -> tuple[str, ...]:
        return TESTS[self.kind]


@dataclass(frozen=True)
class Catalogue:
    facts: Mapping[str, Fact]

    def of(self, rule: Rule, path: tuple[int, ...] = ()) -> Fact:
        """Raises TreeProblem `gone`: a field that was deleted, or never was there."""
        try:
            return self.facts[rule.on]
        except KeyError as problem:
            raise TreeProblem("gone", path) from problem


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The day it is where the account is; read once, so that all rules mean the same day."""

    today: date
    zone: tzinfo

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)

    def back(self, days: int) -> date:
        """So many days ago; no earlier than the calendar goes."""
        return self.today - timedelta(days=min(days, (self.today - date.min).days))

    def ahead(self, days: int) -> date:
        return self.today + timedelta(days=min(days, (date.max - self.today).days))


def check(tree: Group, catalogue: Catalogue) -> dict[tuple[int, ...], str]:
    """What is wrong with each rule, by its place. Empty: the tree can be counted, kept and mailed to."""
    found = {}
    for path, rule in rules(tree):
        try:
            check_rule(rule, catalogue, path)
        except TreeProblem as problem:
            found[path] = problem.code
    return found


def check_rule(rule: Rule, catalogue: Catalogue, path: tuple[int, ...] = ()) -> Fact:
    """Raises TreeProblem: gone, bad_test, bad_value, bad_day, bad_number, bad_days, bad_choice."""
    fact = catalogue.of(rule, path)
    if rule.test not in fact.tests:
        raise TreeProblem("bad_test", path)
    if rule.test in NO_VALUE:
        return fact
    if rule.value is None or rule.value in ("", []):
        raise TreeProblem("no_value", path)
    if rule.test in DAYS:
        days_of(rule, path)
    elif fact.kind in ("date", "moment", "signup"):
        day_of(rule, path)
    elif fact.kind == "number":
        number_of(rule, path)
    elif rule.test == "any_of":
        texts_of(rule, path)
    elif not isinstance(rule.value, str | int):
        raise TreeProblem("bad_value", path)
    elif fact.kind in OF_OPTIONS and str(rule.value) not in fact.options:
        raise TreeProblem("bad_choice", path)
    return fact


def days_of(rule: Rule, path: tuple[int, ...] = ()) -> int:
    try:
        days = int(str(rule.value))
    except ValueError as problem:
        raise TreeProblem("bad_days", path) from problem
    if not 0 <= days <= MOST_DAYS:
        raise TreeProblem("bad_days", path)
    return days


def day_of(rule: Rule, path: tuple[int, ...] = ()) -> date:
    try:
        return date.fromisoformat(str(rule.value))
    except ValueError as problem:
        raise TreeProblem("bad_day", path) from problem


def number_of(rule: Rule, path: tuple[int, ...] = ()) -> float:
    try:
        number = float(str(rule.value).replace(",", "."))
    except (ValueError, OverflowError) as problem:
        raise TreeProblem("bad_number", path) from problem
    if not math.isfinite(number) or abs(number) > FAR:
        raise TreeProblem("bad_number", path)
    return number


def texts_of(rule: Rule, path: tuple[int, ...] = ()) -> list[str]:
    """The values of `any_of`: a list, or one text with a value per line or between commas."""
    given = rule.value if isinstance(rule.value, list) else str(rule.value).replace("\n", ",").split(",")
    found = [text.strip().lower() for text in given if text.strip()]
    if not found:
        raise TreeProblem("no_value", path)
    return found
