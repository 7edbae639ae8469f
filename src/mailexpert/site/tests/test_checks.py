"""The checks of what the operator promises its customers and visitors: kept first, then broken on purpose."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation

from mailexpert.accounts.actions import make_staff
from mailexpert.accounts.models import Account
from mailexpert.base import clock, env
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Membership
from mailexpert.core import promises, usage
from mailexpert.core.beside import Beside
from mailexpert.core.promises import Ground, Outcome, State
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.checks.wire import Answer
from mailexpert.privacy.choice import CONVERSIONS
from mailexpert.privacy.models import (
    Consent,
    CookieChoice,
    Disclosure,
    DisclosureVoice,
    Document,
    Edition,
    EditionNotice,
    Look,
    Signature,
)  # fmt: skip
from mailexpert.site import customers as operator
from mailexpert.site import models_public
from mailexpert.site.checks import customers, policy, public, staff, visits
from mailexpert.site.models import Customer, CustomerList, Figure, MailKind, Spent
from mailexpert.site.tests.cast import EVERY, confirm, make_operator
from mailexpert.tracking.actions_visits import note_conversion
from mailexpert.tracking.models import Conversion, ConversionLink, Visit, WebRequest

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def beside() -> Iterator[None]:
    with beside_wall(Beside.TESTS), translation.override("nl"):
        yield


def look(check: Callable[[Ground], Outcome]) -> State:
    return check(Ground(env=env.load(), now=clock.now())).state


def visit(**more: Any) -> Visit:
    told = {
        "page": "/",
        "seconds": 5,
        "browser": "Firefox",
        "width": 1440,
        "height": 900,
        "network": "192.0.2.0/24",
    }
    return Visit.objects.create(**{**told, **more})


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> dict[str, Answer]:
    """What the running pages answer, by the end of their address; a test may change one. Each is logged."""
    tag = f'<meta name="visit" content="{env.load().track_url}/t/v">'
    every = "".join(f'<p id="{one}">' for one in EVERY)
    said = {"/privacy/": (200, tag + every), "/t/v": (400, ""), "/vertrek/": (302, ""), "/kiezen/": (403, "")}
    answers = {end: Answer(status=status, headers=(), body=body) for end, (status, body) in said.items()}

    def fetch(url: str, **_more: Any) -> Answer:
        WebRequest.objects.create(ip="192.0.2.7", method="GET", path="/", status=200, milliseconds=1)
        return next(answer for end, answer in answers.items() if url.endswith(end))

    for module in (visits, customers, policy):
        monkeypatch.setattr(module, "fetch", fetch)
    return answers


def gone(status: int = 404) -> Answer:
    return Answer(status=status, headers=(), body="")


REPORTS = (
    visits.a_visit_has_six_facts,
    visits.browsers_and_screens_are_counted,
    visits.reports_are_filled,
)


def test_a2_a8_a28_wait_for_a_visit_and_then_show_it(wire: dict[str, Answer]) -> None:
    assert {look(check) for check in REPORTS} == {State.CHECKING}
    visit()
    assert {look(check) for check in REPORTS} == {State.KEPT}


@pytest.mark.parametrize("check", REPORTS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("end", ["/privacy/", "/t/v"])
def test_a2_a8_a28_turn_red_when_the_log_stands_still(
    check: Callable[[Ground], Outcome], end: str, wire: dict[str, Answer]
) -> None:
    visit()
    wire[end] = gone()
    assert look(check) == State.BROKEN


@pytest.mark.parametrize(
    ("check", "lack"),
    [(REPORTS[0], {"network": ""}), (REPORTS[1], {"width": None}), (REPORTS[2], {"seconds": 0})],
)
def test_a2_a8_a28_turn_red_when_most_visits_lack_what_they_tell(
    check: Callable[[Ground], Outcome], lack: dict[str, Any], wire: dict[str, Answer]
) -> None:
    for _n in range(10):
        visit()
    assert look(check) == State.KEPT
    for _n in range(11):
        visit(**lack)
    assert look(check) == State.BROKEN


def test_a7_turns_red_when_a_request_stands_in_no_log(
    wire: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert look(visits.a_fault_is_found_by_its_address) == State.KEPT
    monkeypatch.setattr(visits, "fetch", lambda _url: gone(200))
    assert look(visits.a_fault_is_found_by_its_address) == State.BROKEN


def test_a2_turns_red_when_a_full_address_stays() -> None:
    visit(ip="192.0.2.7", at=timezone.now() - 6 * DAY)
    assert look(visits.full_addresses_end) == State.KEPT
    visit(ip="192.0.2.7", at=timezone.now() - 9 * DAY)
    assert look(visits.full_addresses_end) == State.BROKEN


def test_a7_turns_red_when_log_lines_stay() -> None:
    line = {"ip": "192.0.2.7", "method": "GET", "path": "/", "status": 500, "milliseconds": 1}
    WebRequest.objects.create(**line, at=timezone.now())
    assert look(visits.log_lines_end) == State.KEPT
    WebRequest.objects.create(**line, at=timezone.now() - 16 * DAY)
    assert look(visits.log_lines_end) == State.BROKEN


@pytest.mark.parametrize(
    ("purposes", "hours", "state"),
    [([CONVERSIONS], -1, State.KEPT), ([CONVERSIONS], 1, State.BROKEN), ([], -1, State.BROKEN)],
)
def test_a22_turns_red_when_a_conversion_has_no_consent_before_it(
    purposes: list[str], hours: int, state: State
) -> None:
    now = timezone.now()
    CookieChoice.objects.create(
        reference="r1", version=1, purposes=purposes, how="banner", at=now + timedelta(hours=hours)
    )
    with account(make_operator().id):
        note_conversion(source="google", click_id="x", campaign="", keyword="", account_id=1, choice="r1")
        ConversionLink.objects.update(at=now)
    assert look(visits.a_link_to_a_customer_has_its_consent) == state
    assert look(visits.a_conversion_has_its_cost) == state


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ([1], State.KEPT),
        ([], State.BROKEN),
        ([1, 2], State.BROKEN),
        ([1, 3], State.BROKEN),
        ([2, 1], State.KEPT),
    ],
)
def test_a27_turns_red_when_an_order_names_somebody_who_did_not_agree(
    shop: Tenant, acts: list[int], state: State
) -> None:
    with account(shop.id):
        for act in acts:
            Consent.objects.create(
                act=act, contact_id=5, person=b"x", source="preferences", purpose="individual_measurement"
            )
        ConversionLink.objects.create(conversion=Conversion.objects.create(), contact_id=5)
    assert look(visits.an_order_names_nobody_without_consent) == state


@pytest.fixture
def operated(shop: Tenant) -> Tenant:
    make_operator()
    confirm(shop)
    operator.keep_in_step()
    return shop


def test_a4_turns_red_when_customers_fall_out_of_step(operated: Tenant) -> None:
    assert look(customers.customers_are_kept_in_step) == State.KEPT
    Customer.objects.filter(user=operated.owner).delete()
    assert look(customers.customers_are_kept_in_step) == State.BROKEN


def test_a4_turns_red_when_someone_who_opted_out_stands_on_the_list(operated: Tenant) -> None:
    Customer.objects.update(updates=True)
    assert look(customers.who_opted_out_stands_on_no_list) == State.KEPT
    Customer.objects.update(updates=False)
    standing = CustomerList.objects.filter(kind=MailKind.UPDATES).values("list_id")
    assert Membership.objects.filter(list_id__in=standing, ended_at=None).exists()
    assert look(customers.who_opted_out_stands_on_no_list) == State.BROKEN


def test_a30_turns_red_when_announcements_miss_someone(operated: Tenant) -> None:
    assert look(customers.announcements_reach_everyone_and_have_a_second_reader) == State.KEPT
    Membership.objects.update(ended_at=timezone.now())
    assert look(customers.announcements_reach_everyone_and_have_a_second_reader) == State.BROKEN


def test_a3_turns_red_when_an_account_cannot_see_its_use(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, (a3,) = (
        Ground(env=env.load(), now=clock.now()),
        [one for one in promises.promises() if one.id == "A3"],
    )
    assert promises.examine(a3, known).state == State.KEPT
    images = usage.named("images")
    assert images is not None
    monkeypatch.setitem(usage._measures, "images", replace(images, count=lambda: 1 // 0))
    assert promises.examine(a3, known).state == State.BROKEN
    monkeypatch.delitem(usage._measures, "images")
    assert promises.examine(a3, known).state == State.NOT_BUILT


def test_a6_turns_red_when_nobody_looks_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for minutes, state in ((None, State.CHECKING), (3, State.KEPT), (300, State.BROKEN)):
        passed = None if minutes is None else timedelta(minutes=minutes)
        monkeypatch.setattr(customers, "_since", lambda _job, _ground, passed=passed: passed)
        assert look(customers.accounts_are_told) == state


def test_a26_turns_red_when_the_package_cannot_be_chosen(wire: dict[str, Answer]) -> None:
    assert look(customers.packages_can_be_changed) == State.KEPT
    wire["/kiezen/"] = gone()
    assert look(customers.packages_can_be_changed) == State.BROKEN


def test_a30_turns_red_when_nobody_can_leave_or_one_is_kept_too_long(
    shop: Tenant, wire: dict[str, Answer]
) -> None:
    assert look(customers.an_account_can_end) == State.KEPT
    wire["/vertrek/"] = gone()
    assert look(customers.an_account_can_end) == State.BROKEN
    wire["/vertrek/"] = gone(302)
    Account.objects.filter(id=shop.id).update(closing_at=timezone.now() - 200 * DAY)
    assert look(customers.an_account_can_end) == State.BROKEN


def test_a32_turns_red_when_the_policy_lacks_a_promise(wire: dict[str, Answer]) -> None:
    assert look(policy.the_policy_shows_its_promises) == State.KEPT
    whole = wire["/privacy/"]
    wire["/privacy/"] = replace(whole, body=whole.body.replace('id="A7"', ""))
    assert look(policy.the_policy_shows_its_promises) == State.BROKEN


def test_a16_turns_red_while_an_employee_has_not_signed() -> None:
    made = make_staff("anna@mailexpert.example", "Anna")
    assert look(staff.everyone_signed) == State.BROKEN
    Signature.objects.create(user=made, name="Anna", number=1, fingerprint="x")
    assert look(staff.everyone_signed) == State.KEPT


def test_a16_turns_red_when_somebody_looked_without_signing(shop: Tenant) -> None:
    now = timezone.now()
    with account(shop.id):
        Look.objects.create(user_id=987, name="X", reason="x", at=now, until=now)
    assert look(staff.everyone_signed) == State.BROKEN


def test_a24_turns_red_when_something_is_given_on_one_approval() -> None:
    made = Disclosure.objects.create(
        subject_account_id=1, requester="OM", ground=Disclosure.Ground.values[0], reference="Zaak 7",
        asked_for="x", entered_by_id=1, entered_by_name="X", state=Disclosure.State.GIVEN,
    )  # fmt: skip
    for user_id, state in ((1, State.BROKEN), (2, State.KEPT)):
        DisclosureVoice.objects.create(disclosure=made, user_id=user_id, name="X", approves=True)
        assert look(staff.each_disclosure_has_two_approvals) == state


@pytest.mark.parametrize(
    ("days", "channels", "state"), [(30, 4, State.KEPT), (29, 4, State.BROKEN), (40, 3, State.BROKEN)]
)
def test_a31_turns_red_when_a_version_holds_too_early(days: int, channels: int, state: State) -> None:
    now = timezone.now()
    made = Edition.objects.create(
        document=Document.POLICY,
        number=2,
        state=Edition.State.IN_FORCE,
        announced_at=now - 50 * DAY,
        in_force_at=now,
    )
    for channel in EditionNotice.Channel.values[:channels]:
        EditionNotice.objects.create(edition=made, channel=channel, out_at=now - days * DAY)
    assert look(policy.no_version_holds_before_its_time) == state


def test_a29_turns_red_when_a_testimonial_could_stand_without_consent(shop: Tenant) -> None:
    assert look(public.each_testimonial_stands_on_its_consent) == State.KEPT
    sql(f"ALTER TABLE site_testimonial DROP CONSTRAINT {public.GUARD}")
    assert look(public.each_testimonial_stands_on_its_consent) == State.BROKEN


def test_a29_turns_red_when_one_does(shop: Tenant) -> None:
    sql(f"ALTER TABLE site_testimonial DROP CONSTRAINT {public.GUARD}")
    with account(shop.id):
        models_public.Testimonial.objects.create(
            words_nl="Fijn", signed_as="Hoekje", published_at=timezone.now()
        )
    made = public.each_testimonial_stands_on_its_consent(Ground(env=env.load(), now=clock.now()))
    assert made.said.values == {"count": 1}


@pytest.mark.parametrize(
    "break_it",
    [
        lambda: Figure.objects.create(
            quarter="2026-Q4", name="sent", cell="x", value=1, group=19, epsilon=0.25
        ),
        lambda: Spent.objects.create(quarter="2026-Q4", name="sent", epsilon=1.25),
        lambda: sql("GRANT UPDATE ON site_figure TO mailexpert_app"),
    ],
)
def test_a25_turns_red_at_a_small_group_a_spent_budget_or_figures_that_change(
    break_it: Callable[[], object],
) -> None:
    Figure.objects.create(quarter="2026-Q4", name="clicks", cell="x", value=1, group=20, epsilon=0.25)
    assert look(public.figures_for_partners_tell_of_nobody) == State.KEPT
    break_it()
    assert look(public.figures_for_partners_tell_of_nobody) == State.BROKEN


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
