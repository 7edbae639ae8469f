"""The operator's mail to its own customers (A4, A30), what accounts are told (A6), packages (A26)."""

from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from mailexpert.accounts.models import Account
from mailexpert.accounts.models_package import Package
from mailexpert.accounts.rules_closing import READ_ONLY, RETRIEVAL
from mailexpert.contacts.models import Membership
from mailexpert.core.promises import Ground, Outcome, broken, check, checking, kept
from mailexpert.privacy.checks.wire import fetch
from mailexpert.site.customers import people
from mailexpert.site.models import Customer, CustomerList, MailKind, Message

LATE = timedelta(hours=1)
LAST_RUN = """
SELECT max(e.at) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'succeeded'
WHERE j.task_name = %s
"""


@check("A4", "customers")
def customers_are_kept_in_step(ground: Ground) -> Outcome:
    wanted, known = set(people()), set(Customer.objects.values_list("user_id", flat=True))
    strange = len(wanted ^ known)
    late = _since("site.jobs.keep_customers_in_step", ground)
    if strange and (late is None or late > LATE):
        return broken(_("customers out of step: %(count)s"), count=strange)
    return kept(_("customers kept in step as contacts: %(count)s"), count=len(known))


@check("A4", "opt_out")
def who_opted_out_stands_on_no_list(ground: Ground) -> Outcome:
    left = 0
    for kind, wants in ((MailKind.UPDATES, "updates"), (MailKind.PROMOTIONS, "promotions")):
        lists = CustomerList.objects.filter(kind=kind).values("list_id")
        off = Customer.objects.filter(**{wants: False}).values("contact_id")
        left += Membership.objects.filter(list_id__in=lists, contact_id__in=off, ended_at=None).count()
    if left:
        return broken(_("customers who opted out and still stand on a list: %(count)s"), count=left)
    count = Customer.objects.filter(updates=False).count()
    return kept(
        _("customers who opted out of product news: %(count)s, none of them on its list"), count=count
    )


@check("A6", "notices")
def accounts_are_told(ground: Ground) -> Outcome:
    passed = _since("site.jobs.tell_accounts", ground)
    if passed is None:
        return checking(_("nobody looked yet whether an account must be told something"))
    minutes = int(passed.total_seconds() // 60)
    if passed > LATE:
        return broken(
            _("nobody looked for %(minutes)s minutes whether an account must be told something"),
            minutes=minutes,
        )
    return kept(
        _("looked %(minutes)s minutes ago whether an account must be told something"), minutes=minutes
    )


@check("A30", "announcements")
def announcements_reach_everyone_and_have_a_second_reader(ground: Ground) -> Outcome:
    alone = Message.objects.filter(
        kind=MailKind.SERVICE, state=Message.State.SENT, reader=F("author")
    ).count()
    if alone:
        return broken(_("service announcements without a second reader: %(count)s"), count=alone)
    lists = CustomerList.objects.filter(kind=MailKind.SERVICE).values("list_id")
    on_list = Membership.objects.filter(list_id__in=lists, ended_at=None).values("contact_id")
    missing = Customer.objects.exclude(contact_id__in=on_list).count()
    if missing:
        return broken(_("customers whom service announcements don’t reach: %(count)s"), count=missing)
    return kept(
        _("service announcements reach %(count)s of %(count)s customers"), count=Customer.objects.count()
    )


@check("A30", "deactivation")
def an_account_can_end(ground: Ground) -> Outcome:
    page = fetch(ground.env.base_url + reverse("settings:leave"))
    if page.status != 302:
        return broken(_("%(path)s answers %(status)s"), path=reverse("settings:leave"), status=page.status)
    limit = ground.now - READ_ONLY - RETRIEVAL - timedelta(days=1)
    late = Account.objects.filter(closing_at__lt=limit).count()
    if late:
        return broken(_("accounts that should have been erased: %(count)s"), count=late)
    leaving = Account.objects.exclude(closing_at=None).count()
    return kept(_("accounts that are leaving: %(count)s, none kept too long"), count=leaving)


@check("A26", "package")
def packages_can_be_changed(ground: Ground) -> Outcome:
    page = fetch(ground.env.base_url + reverse("settings:package-choose"), method="POST", body=b"")
    if page.status not in {302, 403}:
        return broken(
            _("%(path)s answers %(status)s"), path=reverse("settings:package-choose"), status=page.status
        )
    offered = Package.objects.filter(is_offered=True).count()
    return kept(_("packages to choose from: %(count)s; without one everything is unlimited"), count=offered)


def _since(job: str, ground: Ground) -> timedelta | None:
    """How long ago a job last ended well."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_RUN, [job])
        (at,) = cursor.fetchone()
    return ground.now - at if at else None
