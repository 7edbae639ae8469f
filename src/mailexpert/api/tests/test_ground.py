"""Whoever has no ground can't be mailed by any path: random people, histories and mailings by the API, against a plain
model; the answer is what the engine itself would send."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailexpert.accounts.actions import make_token
from mailexpert.api.tests.test_api import Api, make_list, make_mailing
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions, actions_merge, actions_rights
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.contacts.tests.cast import bring_in
from mailexpert.core.scope import account
from mailexpert.delivery.outbox_pg import PgOutbox
from mailexpert.delivery.tests.mailroom import url
from mailexpert.privacy.models import Ground
from mailexpert.sending.models import Issue, Shard, Suppression

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = itertools.count(1)
EVENTS = ("end", "object", "freeze", "lift", "bounce", "merge", "merge who left", "import")


@dataclass
class Person:
    """What the plain model knows: the ground of each list that stands, and what forbids all mail."""

    id: int
    email: str
    grounds: dict[int, str]
    ended: set[int] = field(default_factory=set)
    is_frozen: bool = False
    is_suppressed: bool = False

    def may_get(self, lists: list[int], excluded: list[int]) -> bool:
        known = any(self.grounds.get(one, "unknown") != "unknown" for one in lists if one not in self.ended)
        left_out = any(one in self.grounds and one not in self.ended for one in excluded)
        return known and not left_out and not self.is_frozen and not self.is_suppressed


def happens(event: str, person: Person, list_id: int, run_jobs: Callable[[], int]) -> None:
    contact = Contact.objects.get(id=person.id)
    if event == "end" and list_id in person.grounds:
        actions.end_membership(person.id, list_id, Membership.EndedBy.PAGE)
        person.ended.add(list_id)
    elif event == "object":
        actions.object_to_all(contact, Membership.EndedBy.PAGE)
        person.ended |= set(person.grounds)
        person.is_suppressed = True
    elif event == "freeze":
        actions_rights.freeze(contact)
        person.is_frozen = True
    elif event == "lift":
        actions_rights.lift(contact)
        person.is_frozen = False
    elif event == "bounce":
        Suppression.objects.get_or_create(email_key=contact.email_key, defaults={"reason": 1})
        person.is_suppressed = True
    elif event.startswith("merge"):
        join(person, list_id, has_left=event == "merge who left")
    elif event == "import":
        upgrade(person, list_id, run_jobs)


def join(person: Person, list_id: int, *, has_left: bool) -> None:
    """Another contact, on this list by consent or off it, turns out to be the same person: the stricter side holds."""
    other = Contact.objects.create(email=f"ander{next(NAMES)}@voorbeeld.example")
    actions.sign_up(other, List.objects.get(id=list_id), ground="consent")
    if has_left:
        actions.end_membership(other.id, list_id, Membership.EndedBy.PAGE)
        person.ended.add(list_id)
    person.grounds.setdefault(list_id, "consent")
    actions_merge.merge(person.id, other.id)


def upgrade(person: Person, list_id: int, run_jobs: Callable[[], int]) -> None:
    """An import brings a ground to whom it may, and to nobody else."""
    bring_in(run_jobs, f"email\n{person.email}\n", List.objects.get(id=list_id), ground="consent")
    may_join = not (person.is_frozen or person.is_suppressed or list_id in person.ended)
    if may_join and person.grounds.get(list_id, "unknown") == "unknown":
        person.grounds[list_id] = "consent"


def arrive(
    api: Api, shop: Tenant, drawn: list[Any], run_jobs: Callable[[], int]
) -> tuple[int, int, list[Person]]:
    """Two lists, and people who came onto them by the API, each with a history."""
    first, second = (make_list(api, f"Lijst {next(NAMES)}") for _one in range(2))
    everyone = []
    for ground, other, before, _after in drawn:
        email = f"persoon{next(NAMES)}@voorbeeld.example"
        made = api.post("/contacts", {"email": email, "list": first, "ground": ground}).json()
        person = Person(made["id"], email, {first: ground})
        with account(shop.id):
            if other is not None:
                contact = Contact.objects.get(id=person.id)
                actions.sign_up(contact, List.objects.get(id=second), ground=other)
                person.grounds[second] = other
            for event, on_second in before:
                happens(event, person, second if on_second else first, run_jobs)
        everyone.append(person)
    return first, second, everyone


async def would_send(issue_id: int, contact_ids: list[int]) -> set[int]:
    """The engine's own reading of these people at their turn."""
    outbox = PgOutbox(url())
    try:
        people = await outbox.read_people(await outbox.load_issue(issue_id), ["email"], contact_ids)
    finally:
        await outbox.close()
    return {person.contact_id for person in people if not person.skip}


histories = st.lists(
    st.tuples(
        st.sampled_from([*Ground.values]),
        st.sampled_from([None, *Ground.values]),
        st.lists(st.tuples(st.sampled_from(EVENTS), st.booleans()), max_size=3),
        st.lists(st.tuples(st.sampled_from(EVENTS[:-1]), st.booleans()), max_size=1),
    ),
    min_size=1,
    max_size=4,
)


def test_nobody_without_a_ground_is_mailed_by_any_path(shop: Tenant, run_jobs: Callable[[], int]) -> None:
    api = Api(make_token(shop.account, "test"))

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(histories, st.sampled_from(["first", "both", "without second"]))
    @example([("unknown", None, [], []), ("consent", "unknown", [("end", False)], [])], "both")
    @example([("unknown", None, [("merge", False)], []), ("consent", None, [("merge", True)], [])], "both")
    @example([("consent", None, [("merge who left", False)], []), ("unknown", None, [], [])], "first")
    @example(
        [("consent", None, [("freeze", False)], []), ("consent", None, [("object", False)], [])], "first"
    )
    def story(drawn: list[Any], aim: str) -> None:
        first, second, everyone = arrive(api, shop, drawn, run_jobs)
        lists = [first, second] if aim == "both" else [first]
        excluded = [second] if aim == "without second" else []
        number = make_mailing(api, first, lists=lists, exclude_lists=excluded).json()["id"]
        api.post(f"/mailings/{number}/send")
        expected = {one.id for one in everyone if one.may_get(lists, excluded)}
        with account(shop.id):
            issue = Issue.objects.filter(mailing_id=number).first()
            if issue is None:
                assert not expected, "an audience of nobody is not sent"
                return
            planned = {
                n
                for ids in Shard.objects.filter(issue=issue).values_list("contact_ids", flat=True)
                for n in ids
            }
            assert planned == expected
            for person, after in zip(everyone, [after for _g, _o, _b, after in drawn], strict=True):
                for event, on_second in after:
                    happens(event, person, second if on_second else first, run_jobs)
        mailed = asyncio.run(would_send(issue.id, sorted(planned)))
        assert mailed <= {one.id for one in everyone if one.may_get(lists, [])}

    story()


@pytest.mark.parametrize("ground", ["legitimate_interest", "", "CONSENT", None, 1])
def test_a_ground_that_is_none_is_refused(shop: Tenant, ground: Any) -> None:
    api = Api(make_token(shop.account, "test"))
    first = make_list(api)
    answer = api.post("/contacts", {"email": "a@voorbeeld.example", "list": first, "ground": ground})
    assert answer.status_code == 422
    with account(shop.id):
        assert not Contact.objects.exists()
