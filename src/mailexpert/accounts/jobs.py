"""Mails that wait for the relay, and what the door forgets by itself."""

from datetime import timedelta
from email.utils import make_msgid, parseaddr

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation

from mailexpert.accounts import actions_closing, letters, words
from mailexpert.accounts.actions import forget_unconfirmed
from mailexpert.accounts.actions_package import package_of, standings
from mailexpert.accounts.models import Account, Device, Membership, Memory, Notice, Package, Role, Word
from mailexpert.accounts.rules_closing import READ_ONLY, RETRIEVAL
from mailexpert.base import clock
from mailexpert.core.beside import Beside
from mailexpert.core.jobs import defer, every, job, platform_job
from mailexpert.core.scope import account

TAKEAWAYS_KEPT = timedelta(days=30)
ATTEMPTS_KEPT = timedelta(days=30)
UNCONFIRMED_KEPT = timedelta(days=14)
GIVEN_UP_AFTER = timedelta(minutes=30)
USELESS_AFTER = timedelta(days=3)
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@platform_job(Beside.NOTICE)
def send_notice(notice_id: int) -> None:
    """Hand a mail to the relay, then forget it. Without a relay the queue tries again later."""
    with transaction.atomic():
        notice = Notice.objects.select_for_update(skip_locked=True).filter(id=notice_id).first()
        if notice is None:
            return
        own = {"Message-ID": make_msgid(domain=parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2])}
        mail = EmailMultiAlternatives(
            notice.subject, notice.text, to=[notice.recipient], headers=HEADERS | own
        )
        mail.attach_alternative(notice.html, "text/html")
        mail.send()
        notice.delete()


@every("*/15 * * * *")
def send_left_behind() -> None:
    """Mails whose job gave up while the relay was down. Links live three days; older ones are useless."""
    now = clock.now()
    Notice.objects.filter(created_at__lt=now - USELESS_AFTER).delete()
    for notice in Notice.objects.filter(created_at__lt=now - GIVEN_UP_AFTER).only("id"):
        defer(send_notice, notice_id=notice.id)


@job
def write_takeaway(takeaway_id: int) -> None:
    actions_closing.make_takeaway(takeaway_id)


@every("*/30 * * * *")
def watch_limits() -> None:
    """Tell each account with a package whose limit is near or reached; it is told again after it was free."""
    default = Package.objects.filter(is_default=True).first()
    for one in Account.objects.filter(closing_at=None):
        if default is None and one.package_id is None:
            continue
        with account(one.id):
            _tell_limits(one)


def _tell_limits(one: Account) -> None:
    for standing in standings(package_of(one)):
        fit = standing.fit
        if fit.level == "free":
            words.forget(Word.Kind.LIMIT_NEAR, fit.key)
        if fit.level != "reached":
            words.forget(Word.Kind.LIMIT_REACHED, fit.key)
        if fit.level != "free":
            kind = Word.Kind.LIMIT_REACHED if fit.level == "reached" else Word.Kind.LIMIT_NEAR
            words.tell(kind, fit.key, "/instellingen/pakket/", what=fit.key, used=fit.used, limit=fit.limit)


@every("41 * * * *", Beside.ERASE)
def erase_who_left() -> None:
    """Accounts whose time to come back is over; each owner gets the receipt by mail."""
    now = clock.now()
    actions_closing.forget_takeaways(now - TAKEAWAYS_KEPT)
    over = Account.objects.filter(closing_at__lte=now - READ_ONLY - RETRIEVAL)
    for leaving in over:
        owners = Membership.objects.filter(account_id=leaving.id, role=Role.OWNER).select_related("user")
        people = [(owner.user.email, owner.user.language) for owner in owners]
        receipt = actions_closing.erase(leaving.id, now)
        for email, language in people:
            with translation.override(language):
                letters.write("accounts/erased", email, {"name": leaving.name, "receipt": receipt})


@every("17 3 * * *")
def forget() -> None:
    """Once a night: what has expired, old attempts to log in, registrations that nobody confirmed."""
    now = clock.now()
    Session.objects.filter(expire_date__lt=now).delete()
    Device.objects.filter(expires_at__lt=now).delete()
    Memory.objects.filter(expires__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - ATTEMPTS_KEPT).delete()
    forget_unconfirmed(now - UNCONFIRMED_KEPT)
