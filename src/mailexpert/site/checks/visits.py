"""Visits and what they show (A2, A7, A8, A28), conversions and their consent (A21, A22, A27)."""

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop as _

from mailexpert.core import register
from mailexpert.core.promises import Ground, Outcome, broken, check, checking, kept
from mailexpert.privacy.checks.wire import fetch
from mailexpert.privacy.choice import CONVERSIONS
from mailexpert.privacy.models import CookieChoice
from mailexpert.tracking.models import AdCost, ConversionLink, Visit, WebRequest
from mailexpert.tracking.queries_visits import insight

FULL_ADDRESS, LOG_LINES, NIGHT = timedelta(days=7), timedelta(days=14), timedelta(days=1)
MONTH = timedelta(days=30)
REFUSED = 400
ENOUGH = 20  # visits; a few may all have been a glance
FACTS = {"at", "page", "seconds", "source", "browser", "ip"}
NO_VISITS = _("no visit was counted yet")


def _stands_still(ground: Ground) -> Outcome | None:
    """A log that nothing can reach: the pages don't name its address, or nobody takes what is told there."""
    address = ground.env.track_url + "/t/v"
    if f'content="{address}"' not in fetch(ground.env.base_url + "/privacy/").body:
        return broken(_("the pages no longer tell the visit log that they were read"))
    # Nothing is told, so a log that listens refuses it.
    answer = fetch(address, method="POST", body=b"")
    if answer.status != REFUSED:
        return broken(_("the visit log’s address answers %(status)s"), status=answer.status)
    return None


def _lacking(rows: QuerySet[Visit], lack: Q) -> Outcome | None:
    """More than half of the visits without what the report is about."""
    total, without = rows.count(), rows.filter(lack).count()
    if 2 * without > total:
        return broken(_("visits that lack a fact: %(without)s of %(total)s"), without=without, total=total)
    return None


def _lately(ground: Ground) -> QuerySet[Visit]:
    return Visit.objects.filter(at__gt=ground.now - MONTH)


@check("A2", "visits")
def a_visit_has_six_facts(ground: Ground) -> Outcome:
    declared = set(register.tables()["tracking_visit"].columns)
    if not declared >= FACTS:
        return broken(_("the visit log lacks %(facts)s"), facts=", ".join(sorted(FACTS - declared)))
    wrong = _stands_still(ground) or _lacking(_lately(ground), Q(page="") | Q(browser="") | Q(network=""))
    if wrong:
        return wrong
    found = insight(ground.now)
    if not found.visits:
        return checking(NO_VISITS)
    return kept(_("visits in 30 days: %(visits)s, each with its six facts"), visits=found.visits)


@check("A2", "cut")
def full_addresses_end(ground: Ground) -> Outcome:
    oldest = Visit.objects.exclude(ip=None).aggregate(at=Min("at"))["at"]
    days = (ground.now - oldest).days if oldest else 0
    if oldest and ground.now - oldest > FULL_ADDRESS + NIGHT:
        return broken(_("the oldest full IP address is %(days)s days old, the limit is 7"), days=days)
    return kept(_("the oldest full IP address is %(days)s days old, the limit is 7"), days=days)


@check("A7", "diagnostics")
def a_fault_is_found_by_its_address(ground: Ground) -> Outcome:
    """Asks for a page, and looks whether that stands in the log."""
    last = WebRequest.objects.aggregate(id=Max("id"))["id"] or 0
    fetch(ground.env.base_url + "/privacy/")
    if not WebRequest.objects.filter(id__gt=last).exclude(ip=None).exists():
        return broken(_("a request that was just made stands in no log"))
    lines = WebRequest.objects.filter(at__gt=ground.now - LOG_LINES)
    faults = lines.filter(status__gte=400).values("ip").distinct().count()
    return kept(_("log lines by address: faults from %(count)s addresses can be looked up"), count=faults)


@check("A7", "age")
def log_lines_end(ground: Ground) -> Outcome:
    oldest = WebRequest.objects.aggregate(at=Min("at"))["at"]
    days = (ground.now - oldest).days if oldest else 0
    if oldest and ground.now - oldest > LOG_LINES + NIGHT:
        return broken(_("the oldest log line is %(days)s days old, the limit is 14"), days=days)
    return kept(_("the oldest log line is %(days)s days old, the limit is 14"), days=days)


@check("A8", "devices")
def browsers_and_screens_are_counted(ground: Ground) -> Outcome:
    wrong = _stands_still(ground) or _lacking(_lately(ground), Q(browser="") | Q(width=None))
    if wrong:
        return wrong
    found = insight(ground.now)
    if not found.visits:
        return checking(NO_VISITS)
    return kept(
        _("browsers: %(browsers)s kinds, screens: %(screens)s sizes, all added up over visitors"),
        browsers=len(found.browsers), screens=len(found.screens),
    )  # fmt: skip


@check("A28", "insight")
def reports_are_filled(ground: Ground) -> Outcome:
    rows = _lately(ground)
    wrong = _stands_still(ground) or (_lacking(rows, Q(seconds=0)) if rows.count() >= ENOUGH else None)
    if wrong:
        return wrong
    found = insight(ground.now)
    if not found.visits:
        return checking(NO_VISITS)
    return kept(
        _("reports on %(pages)s pages, %(sources)s sources and %(searches)s searches"),
        pages=len(found.pages), sources=len(found.sources), searches=len(found.searches),
    )  # fmt: skip


@check("A21", "conversions")
def a_conversion_has_its_cost(ground: Ground) -> Outcome:
    without = _without_consent()
    if without:
        return broken(_("conversions without consent: %(count)s"), count=without)
    return kept(
        _("conversions: %(count)s, all with consent; days of advertising cost brought in: %(days)s"),
        count=_customers().count(), days=AdCost.objects.values("day").distinct().count(),
    )  # fmt: skip


@check("A22", "attribution")
def a_link_to_a_customer_has_its_consent(ground: Ground) -> Outcome:
    without = _without_consent()
    if without:
        return broken(_("links to customers without consent: %(count)s"), count=without)
    return kept(_("links to customers: %(count)s, each with its consent"), count=_customers().count())


STRANGE_LINKS = """
SELECT count(*) FROM tracking_conversionlink l WHERE l.contact_id IS NOT NULL AND (
    SELECT x.act FROM privacy_consent x
    WHERE x.account_id = l.account_id AND x.contact_id = l.contact_id
      AND (x.purpose = 'individual_measurement' OR x.act IN (3, 5))
    ORDER BY x.id DESC LIMIT 1) IS DISTINCT FROM 1
"""


@check("A27", "conversions")
def an_order_names_nobody_without_consent(ground: Ground) -> Outcome:
    """Of every account: whose order it was is there only while the person's own line in the ledger says yes."""
    with connection.cursor() as cursor:
        cursor.execute(STRANGE_LINKS)
        without = cursor.fetchone()[0]
    if without:
        return broken(_("orders that name a person without consent: %(count)s"), count=without)
    named = ConversionLink.objects.exclude(contact_id=None).count()
    return kept(_("orders that name a person: %(count)s, each with consent that stands"), count=named)


def _without_consent() -> int:
    """Conversions for which no choice, made before them, allowed it."""
    allowed = CookieChoice.objects.filter(
        reference=OuterRef("choice"), purposes__contains=[CONVERSIONS], at__lte=OuterRef("at")
    )
    return _customers().annotate(allowed=Exists(allowed)).filter(allowed=False).count()


def _customers() -> QuerySet[ConversionLink]:
    """Registrations that are linked to who registered."""
    return ConversionLink.objects.exclude(customer_account_id=None)
