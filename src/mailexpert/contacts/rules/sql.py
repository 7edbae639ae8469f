"""From a tree to one parameterised condition over a contact `c` (of `contacts_wall` or `contacts_contact`).
No Django. Names come from the catalogue alone, values are always parameters.

`not` is pushed down to the rules (De Morgan), because `(x) IS TRUE` around a condition would take its index away:
without a `not` above it a rule that is NULL counts as false anyway. What a contact *hasn't* is asked by NOT EXISTS:
NOT IN over a million rows falls back to a loop once they don't fit in work_mem.

The tables in an EXISTS have the wall's policy, so they are never joined on the account: that would make the
policy's condition one with the contact's, and then PostgreSQL may use no condition that isn't leakproof (lower,
LIKE) for an index.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mailexpert.contacts.rules import facts
from mailexpert.contacts.rules.facts import Catalogue, Clock, Fact, check_rule
from mailexpert.contacts.rules.tree import Group, Part, Rule

PLACE = re.compile(r"%\((\w+)\)s").sub
BETWEEN_CHOICES = ", "
ON_LIST = "SELECT 1 FROM contacts_membership m WHERE m.contact_id = c.id"
STANDS = "m.ended_at IS NULL AND m.ground <> 'unknown'"
TAGGED = "SELECT 1 FROM contacts_tagging g WHERE g.contact_id = c.id AND g.tag_id = "
GOT = "SELECT 1 FROM sending_delivery d WHERE d.contact_id = c.id AND d.outcome = 1 AND d.issue_id "
ISSUES = "SELECT i.id FROM sending_issue i WHERE i.kind = 1"
SUPPRESSED = "SELECT 1 FROM sending_suppression x WHERE x.email_key = c.email_key"


@dataclass(frozen=True, kw_only=True)
class Condition:
    sql: str
    params: Mapping[str, Any]

    def also(self, other: "Condition") -> "Condition":
        """Both at once; their parameters have names of their own."""
        return Condition(sql=f"{self.sql} AND {other.sql}", params={**self.params, **other.params})


def in_order(statement: str, params: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """A statement with its parameters in the order of their places instead of by name."""
    places: list[Any] = []

    def place(found: re.Match[str]) -> str:
        places.append(params[found[1]])
        return "%s"

    return PLACE(place, statement), places


class _Maker:
    """Gathers the parameters while it walks. `prefix` keeps those of several trees apart in one statement."""

    def __init__(self, catalogue: Catalogue, clock: Clock, prefix: str) -> None:
        self.catalogue, self.clock, self.prefix = catalogue, clock, prefix
        self.params: dict[str, Any] = {}

    def put(self, value: Any) -> str:
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def part(self, part: Part, path: tuple[int, ...], negated: bool) -> str:
        if isinstance(part, Rule):
            return self.rule(part, path, negated)
        made = [
            self.part(one, (*path, n), negated != (part.join == "none")) for n, one in enumerate(part.parts)
        ]
        if not made:
            return "false" if negated else "true"
        all_must = (part.join == "all") != negated
        if part.join == "none":
            all_must = not negated
        return "(" + (" AND " if all_must else " OR ").join(made) + ")"

    def rule(self, rule: Rule, path: tuple[int, ...], negated: bool) -> str:
        fact = check_rule(rule, self.catalogue, path)
        made = KINDS[fact.kind](self, fact, rule)
        return f"({made}) IS NOT TRUE" if negated else f"({made})"


def condition(tree: Group, catalogue: Catalogue, clock: Clock, prefix: str = "s") -> Condition:
    """Raises TreeProblem where the tree doesn't fit the catalogue."""
    maker = _Maker(catalogue, clock, prefix)
    return Condition(sql=maker.part(tree, (), False), params=maker.params)


def like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _text(maker: _Maker, fact: Fact, rule: Rule) -> str:
    column = f"c.{fact.column}"
    # The address has its own key; names are never NULL; both are compared without regard to capitals.
    lowered = column if fact.column == "email_key" else f"lower({column})"
    value = "" if isinstance(rule.value, list) else str(rule.value or "").lower()
    match rule.test:
        case "is":
            return f"{lowered} = {maker.put(value)}"
        case "is_not":
            return f"{lowered} IS DISTINCT FROM {maker.put(value)}"
        case "begins":
            return f"{lowered} LIKE {maker.put(like(value) + '%')}"
        case "ends":
            return f"{lowered} LIKE {maker.put('%' + like(value))}"
        case "contains":
            return f"{lowered} LIKE {maker.put('%' + like(value) + '%')}"
        case "contains_not":
            return f"({lowered} LIKE {maker.put('%' + like(value) + '%')}) IS NOT TRUE"
        case "any_of":
            return f"{lowered} = ANY({maker.put(facts.texts_of(rule))})"
    return _filled(column, rule.test)


def _filled(column: str, test: str) -> str:
    return f"{column} <> ''" if test == "filled" else f"({column} IS NULL OR {column} = '')"


def _number(maker: _Maker, fact: Fact, rule: Rule) -> str:
    column = f"c.{fact.column}"
    if rule.test in ("filled", "empty"):
        return f"{column} IS {'NOT ' if rule.test == 'filled' else ''}NULL"
    sign = {"is": "=", "is_not": "IS DISTINCT FROM", "over": ">", "from": ">=", "under": "<", "upto": "<="}
    return f"{column} {sign[rule.test]} {maker.put(facts.number_of(rule))}::float8"


def _date(maker: _Maker, fact: Fact, rule: Rule) -> str:
    column, clock = f"c.{fact.column}", maker.clock
    match rule.test:
        case "filled" | "empty":
            return f"{column} IS {'NOT ' if rule.test == 'filled' else ''}NULL"
        case "past_days":
            first = maker.put(clock.back(facts.days_of(rule)))
            return f"{column} BETWEEN {first}::date AND {maker.put(clock.today)}::date"
        case "next_days":
            first = maker.put(clock.today)
            return f"{column} BETWEEN {first}::date AND {maker.put(clock.ahead(facts.days_of(rule)))}::date"
        case "longer_ago":
            return f"{column} < {maker.put(clock.back(facts.days_of(rule)))}::date"
        case "anniversary_in":
            day = clock.ahead(facts.days_of(rule))
            month, of_month = maker.put(day.month), maker.put(day.day)
            return f"extract(month FROM {column}) = {month} AND extract(day FROM {column}) = {of_month}"
    sign = {"after": ">", "before": "<", "on": "="}[rule.test]
    return f"{column} {sign} {maker.put(facts.day_of(rule))}::date"


def _in_span(maker: _Maker, column: str, rule: Rule) -> str:
    """A moment against days, as they begin where the account is."""
    clock, one = maker.clock, timedelta(days=1)
    match rule.test:
        case "past_days":
            return f"{column} >= {maker.put(clock.start_of(clock.back(facts.days_of(rule))))}"
        case "longer_ago":
            return f"{column} < {maker.put(clock.start_of(clock.back(facts.days_of(rule))))}"
    day = min(facts.day_of(rule), date.max - one)
    first, following = clock.start_of(day), clock.start_of(day + one)
    match rule.test:
        case "after":
            return f"{column} >= {maker.put(following)}"
        case "before":
            return f"{column} < {maker.put(first)}"
    return f"{column} >= {maker.put(first)} AND {column} < {maker.put(following)}"


def _moment(maker: _Maker, fact: Fact, rule: Rule) -> str:
    return _in_span(maker, f"c.{fact.column}", rule)


def _signup(maker: _Maker, fact: Fact, rule: Rule) -> str:
    return f"EXISTS ({ON_LIST} AND {STANDS} AND {_in_span(maker, 'm.since', rule)})"


def _boolean(maker: _Maker, fact: Fact, rule: Rule) -> str:
    return {"yes": f"c.{fact.column}", "no": f"NOT c.{fact.column}", "empty": f"c.{fact.column} IS NULL"}[
        rule.test
    ]


def _choices(maker: _Maker, fact: Fact, rule: Rule) -> str:
    if rule.test in ("filled", "empty"):
        return _filled(f"c.{fact.column}", rule.test)
    has = f"{maker.put(str(rule.value))} = ANY(string_to_array(c.{fact.column}, '{BETWEEN_CHOICES}'))"
    return has if rule.test == "has" else f"({has}) IS NOT TRUE"


def _tag(maker: _Maker, fact: Fact, rule: Rule) -> str:
    no = "NOT " if rule.test == "has_not" else ""
    return f"{no}EXISTS ({TAGGED}{maker.put(int(str(rule.value)))})"


def _list(maker: _Maker, fact: Fact, rule: Rule) -> str:
    on = f"{ON_LIST} AND m.list_id = {maker.put(int(str(rule.value)))}"
    match rule.test:
        case "signed_up":
            return f"EXISTS ({on} AND {STANDS})"
        case "not_signed_up":
            return f"NOT EXISTS ({on} AND {STANDS})"
        case "unsubscribed":
            return f"EXISTS ({on} AND m.ended_at IS NOT NULL)"
    return f"EXISTS ({on} AND m.ended_at IS NULL AND m.ground = 'unknown')"


def _ground(maker: _Maker, fact: Fact, rule: Rule) -> str:
    no = "NOT " if rule.test == "has_not" else ""
    return f"{no}EXISTS ({ON_LIST} AND m.ended_at IS NULL AND m.ground = {maker.put(str(rule.value))})"


def _mailing(maker: _Maker, fact: Fact, rule: Rule) -> str:
    no = "NOT " if rule.test == "not_got" else ""
    return f"{no}EXISTS ({GOT}= {maker.put(int(str(rule.value)))})"


def _mailed(maker: _Maker, fact: Fact, rule: Rule) -> str:
    no = "NOT " if rule.test == "not_past_days" else ""
    since = maker.put(maker.clock.start_of(maker.clock.back(facts.days_of(rule))))
    # By way of the issues: deliveries have no index on people or time, which would cost every mail 20 bytes.
    recent = f"AND (i.finished_at IS NULL OR i.finished_at >= {since})"
    return f"{no}EXISTS ({GOT}IN ({ISSUES} {recent}) AND d.at >= {since})"


def _blocked(maker: _Maker, fact: Fact, rule: Rule) -> str:
    return f"{'' if rule.test == 'yes' else 'NOT '}EXISTS ({SUPPRESSED})"


KINDS: Mapping[str, Callable[[_Maker, Fact, Rule], str]] = {
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
