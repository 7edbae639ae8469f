"""Rules of segments in the reader's language: the words of the editor, and a whole segment as a sentence."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mailexpert.contacts.rules import facts
from mailexpert.contacts.rules.facts import Catalogue, Fact
from mailexpert.contacts.rules.tree import Part, Rule

LABELS: Mapping[str, Any] = {
    "email": gettext_lazy("E-mail address"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "language": gettext_lazy("Language"),
    "time_zone": gettext_lazy("Time zone"),
    "list": gettext_lazy("List"),
    "signup": gettext_lazy("Signed up to a list"),
    "ground": gettext_lazy("Ground"),
    "tag": gettext_lazy("Label"),
    "created_at": gettext_lazy("Contact since"),
    "mailing": gettext_lazy("Mailing"),
    "mailed": gettext_lazy("Got any mailing"),
    "last_open": gettext_lazy("Last opened a mailing"),
    "last_click": gettext_lazy("Last clicked in a mailing"),
    "blocked": gettext_lazy("Blocked for all mail"),
}
PLACES = (
    (gettext_lazy("Lists and labels"), ("list", "signup", "ground", "tag", "created_at", "blocked")),
    (gettext_lazy("Person"), ("email", "first_name", "last_name", "language", "time_zone")),
    (gettext_lazy("Mailings"), ("mailing", "mailed", "last_open", "last_click")),
)
TESTS: Mapping[str, Any] = {
    "is": pgettext_lazy("rule", "is"),
    "is_not": pgettext_lazy("rule", "is not"),
    "begins": pgettext_lazy("rule", "begins with"),
    "ends": pgettext_lazy("rule", "ends in"),
    "contains": pgettext_lazy("rule", "contains"),
    "contains_not": pgettext_lazy("rule", "does not contain"),
    "any_of": pgettext_lazy("rule", "is one of"),
    "filled": pgettext_lazy("rule", "is filled in"),
    "empty": pgettext_lazy("rule", "is empty"),
    "over": pgettext_lazy("rule", "is more than"),
    "from": pgettext_lazy("rule", "is at least"),
    "under": pgettext_lazy("rule", "is less than"),
    "upto": pgettext_lazy("rule", "is at most"),
    "past_days": pgettext_lazy("rule", "in the past … days"),
    "not_past_days": pgettext_lazy("rule", "not in the past … days"),
    "next_days": pgettext_lazy("rule", "in the coming … days"),
    "longer_ago": pgettext_lazy("rule", "more than … days ago"),
    "after": pgettext_lazy("rule", "after"),
    "before": pgettext_lazy("rule", "before"),
    "on": pgettext_lazy("rule", "on"),
    "anniversary_in": pgettext_lazy("rule", "has its anniversary in … days"),
    "yes": pgettext_lazy("rule", "yes"),
    "no": pgettext_lazy("rule", "no"),
    "has": pgettext_lazy("rule", "is"),
    "has_not": pgettext_lazy("rule", "is not"),
    "signed_up": pgettext_lazy("rule", "signed up to"),
    "not_signed_up": pgettext_lazy("rule", "not signed up to"),
    "unsubscribed": pgettext_lazy("rule", "unsubscribed from"),
    "no_ground": pgettext_lazy("rule", "without a ground on"),
    "got": pgettext_lazy("rule", "got"),
    "not_got": pgettext_lazy("rule", "didn’t get"),
}
JOINS: Mapping[str, Any] = {
    "all": gettext_lazy("all of these"),
    "any": gettext_lazy("one of these"),
    "none": gettext_lazy("none of these"),
}
PROBLEMS: Mapping[str, Any] = {
    "gone": gettext_lazy("This field is no longer there. Choose another one, or take this rule away."),
    "bad_test": gettext_lazy("This can’t be asked of it. Choose again."),
    "no_value": gettext_lazy("Fill this in."),
    "bad_number": gettext_lazy("This is not a number."),
    "bad_day": gettext_lazy("This is not a date."),
    "bad_days": gettext_lazy("Give a whole number of days, at most 36,500."),
    "bad_choice": gettext_lazy("This one is no longer there. Choose another one."),
    "bad_value": gettext_lazy("This can’t be used here."),
    "too_deep": gettext_lazy("Groups go at most six deep."),
    "too_many": gettext_lazy("A segment has at most 60 rules."),
}


def problem(code: str) -> str:
    return str(PROBLEMS.get(code, PROBLEMS["bad_value"]))


def label(fact: Fact) -> str:
    return fact.label or str(LABELS.get(fact.key, fact.key))


def value(fact: Fact | None, rule: Rule) -> str:
    if rule.test in facts.NO_VALUE:
        return ""
    options = fact.options if fact is not None else {}
    if isinstance(rule.value, list):
        return ", ".join(options.get(one, one) for one in rule.value)
    if options:
        return options.get(str(rule.value), str(rule.value))
    if fact is not None and fact.kind in ("date", "moment", "signup") and rule.test not in facts.DAYS:
        try:
            return date_format(date.fromisoformat(str(rule.value)), "j F Y")
        except ValueError:
            return str(rule.value)
    return str(rule.value if rule.value is not None else "")


def rule_words(rule: Rule, catalogue: Catalogue) -> str:
    """One rule: `Plaats is ‘Ede’`, `Lid sinds in the past 30 days`."""
    fact = catalogue.facts.get(rule.on)
    if fact is None:
        return _("a field that is no longer there")
    test, said = str(TESTS.get(rule.test, rule.test)), value(fact, rule)
    if rule.test in facts.DAYS:
        return f"{label(fact)} {test.replace('…', said)}"
    if fact.kind in ("list", "mailing"):
        return f"{test} ‘{said}’"
    quoted = f" ‘{said}’" if said and fact.kind not in ("number", "date", "moment", "signup") else f" {said}"
    return f"{label(fact)} {test}{quoted}".rstrip()


def sentence(part: Part, catalogue: Catalogue) -> str:
    """A whole segment in words."""
    if isinstance(part, Rule):
        return rule_words(part, catalogue)
    if not part.parts:
        return _("everyone")
    said = [
        f"({sentence(one, catalogue)})" if _needs_brackets(one) else sentence(one, catalogue)
        for one in part.parts
    ]
    between = _(" and ") if part.join == "all" else _(" or ")
    joined = between.join(said)
    return _("not: %(rules)s") % {"rules": joined} if part.join == "none" else joined


def _needs_brackets(part: Part) -> bool:
    return not isinstance(part, Rule) and (len(part.parts) > 1 or part.join == "none")
