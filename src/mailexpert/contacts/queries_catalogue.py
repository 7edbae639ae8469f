"""What the rules of an account can be about."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from mailexpert.contacts import rules_zones
from mailexpert.contacts.models import Field, List, Tag
from mailexpert.contacts.rules import tree
from mailexpert.contacts.rules.facts import Catalogue, Fact
from mailexpert.contacts.rules.tree import Group
from mailexpert.core.scope import current_account
from mailexpert.privacy.models import Ground
from mailexpert.sending.models import Issue

MAILINGS_OFFERED = 100
LARGEST_ID = 2**63 - 1
# What every account has; the same for all, so it is made once.
GIVEN = {
    fact.key: fact
    for fact in (
        Fact(key="email", kind="text", column="email_key"),
        Fact(key="first_name", kind="text", column="first_name"),
        Fact(key="last_name", kind="text", column="last_name"),
        Fact(key="language", kind="text", column="language"),
        Fact(key="time_zone", kind="choice", column="time_zone", options=rules_zones.LABELS),
        Fact(key="signup", kind="signup"),
        Fact(key="ground", kind="ground", options={str(value): str(value) for value in Ground.values}),
        Fact(key="created_at", kind="moment", column="created_at"),
        Fact(key="mailed", kind="mailed"),
        Fact(key="last_open", kind="date", column="last_open"),
        Fact(key="last_click", kind="date", column="last_click"),
        Fact(key="blocked", kind="blocked"),
    )
}
OF_IDS = {"list": "contacts_list", "tag": "contacts_tag", "mailing": "sending_issue"}


def catalogue() -> Catalogue:
    """Everything that can be asked, with its words, as the editor offers it."""
    return Catalogue({fact.key: fact for fact in _facts()})


def _facts() -> Iterator[Fact]:
    for name in ("email", "first_name", "last_name", "language", "time_zone"):
        yield GIVEN[name]
    for field in Field.objects.order_by("label", "id"):
        options = {option: option for option in field.options}
        yield Fact(
            key=f"field:{field.name}", kind=field.kind, column=field.slot, label=field.label, options=options
        )
    lists = List.objects.order_by("archived_at", "name", "id")
    yield Fact(key="list", kind="list", options={str(one.id): one.name for one in lists})
    yield GIVEN["signup"]
    yield Fact(
        key="ground", kind="ground", options={str(value): str(label) for value, label in Ground.choices}
    )
    tags = Tag.objects.order_by("name", "id")
    yield Fact(key="tag", kind="tag", options={str(one.id): one.name for one in tags})
    yield GIVEN["created_at"]
    yield Fact(key="mailing", kind="mailing", options=_subjects())
    for name in ("mailed", "last_open", "last_click", "blocked"):
        yield GIVEN[name]


def _subjects() -> dict[str, str]:
    issues = Issue.objects.filter(kind=Issue.Kind.MAILING).order_by("-id")[:MAILINGS_OFFERED]
    return {str(number): subject for number, subject in issues.values_list("id", "subject")}


# What some rules ask, and whether it is there


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The fields, lists, labels and mailings that some rules name. `expression` reads what is there of them as one
    JSON text, so that a count can look at it in the trip that it makes anyway."""

    fields: tuple[str, ...] = ()
    ids: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def expression(self) -> str:
        parts = ["'[]'::json"]
        if self.fields:
            parts[0] = (
                "(SELECT json_agg(json_build_array(f.name, f.kind, f.slot, f.options) ORDER BY f.name) "
                "FROM contacts_field f WHERE f.name = ANY(%(asked_fields)s))"
            )
        for kind, _ids in self.ids:
            parts.append(
                f"(SELECT json_agg(x.id ORDER BY x.id) FROM {OF_IDS[kind]} x WHERE x.id = ANY(%(asked_{kind})s))"  # noqa: S608
            )
        return f"json_build_array({', '.join(parts)})::text"

    @property
    def params(self) -> dict[str, Any]:
        return {"asked_fields": list(self.fields), **{f"asked_{kind}": list(ids) for kind, ids in self.ids}}

    def read(self) -> str:
        current_account()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self.expression}", self.params)
            return str(cursor.fetchone()[0])

    def catalogue(self, found: str) -> Catalogue:
        """What `expression` said, as facts."""
        fields, *ids = json.loads(found)
        facts = dict(GIVEN)
        for name, kind, slot, options in fields or ():
            key, offered = f"field:{name}", {option: option for option in options}
            facts[key] = Fact(key=key, kind=kind, column=slot, label=name, options=offered)
        there: Mapping[str, Sequence[int] | None] = dict(
            zip((kind for kind, _ids in self.ids), ids, strict=True)
        )
        for kind in OF_IDS:
            options = {str(one): str(one) for one in there.get(kind) or ()}
            facts[kind] = Fact(key=kind, kind=kind, options=options)
        return Catalogue(facts)


def asked_by(trees: Iterable[Group]) -> Asked:
    fields, ids = set[str](), dict[str, set[int]]()
    for one in trees:
        for _place, rule in tree.rules(one):
            text = str(rule.value)
            if rule.on.startswith("field:"):
                fields.add(rule.on.removeprefix("field:"))
            elif rule.on in OF_IDS and text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID:
                ids.setdefault(rule.on, set()).add(int(text))
    return Asked(
        fields=tuple(sorted(fields)),
        ids=tuple((kind, tuple(sorted(some))) for kind, some in sorted(ids.items())),
    )


def catalogue_for(trees: Iterable[Group]) -> Catalogue:
    """What these rules are about alone: a count needn't read every list and mailing first."""
    asked = asked_by(trees)
    return asked.catalogue(asked.read())
