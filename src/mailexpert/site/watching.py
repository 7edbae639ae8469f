"""Finds what an account should hear about: an import that ended, a relay that refuses, a mailing that is paused, a
domain whose records broke. Runs beside the wall; each word is told inside its account, once."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from mailexpert.accounts.words import Kind, forget, tell
from mailexpert.contacts.models import Import
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.sending.models import Issue
from mailexpert.sending.models_domains import SenderDomain

LATELY = timedelta(hours=2)
ENDED = {Import.State.DONE: Kind.IMPORT_DONE, Import.State.FAILED: Kind.IMPORT_FAILED}


def look() -> None:
    for find in (_imports, _relays, _pauses, _domains):
        find()


def _imports() -> None:
    recent = Import.objects.filter(state__in=ENDED, finished_at__gte=timezone.now() - LATELY)
    for row in recent:
        with account(row.account_id):
            tell(
                ENDED[Import.State(row.state)], str(row.id), reverse("contacts:import", args=[row.id]),
                file=row.file_name, added=row.added, updated=row.updated, refused=row.refused,
            )  # fmt: skip


def _relays() -> None:
    for issue in Issue.objects.filter(finished_at=None, state=Issue.State.SENDING).exclude(mailing_id=None):
        with account(issue.account_id):
            if issue.reason.startswith("relay"):
                place = reverse("reports:mailing", args=[issue.mailing_id])
                tell(Kind.RELAY_REFUSES, str(issue.id), place, mailing=issue.subject)
            elif not issue.reason:
                forget(Kind.RELAY_REFUSES, str(issue.id))


def _pauses() -> None:
    for mailing in Mailing.objects.filter(state=Mailing.State.PAUSED):
        with account(mailing.account_id):
            place = reverse("reports:mailing", args=[mailing.id])
            tell(Kind.MAILING_PAUSED, f"{mailing.id}:{mailing.updated_at:%s}", place, mailing=mailing.name)


def _domains() -> None:
    for row in SenderDomain.objects.exclude(state=SenderDomain.State.WAITING):
        with account(row.account_id):
            if row.state == SenderDomain.State.BROKEN:
                tell(Kind.DOMAIN_BROKEN, row.name, reverse("sending:domain", args=[row.id]), domain=row.name)
            else:
                forget(Kind.DOMAIN_BROKEN, row.name)
