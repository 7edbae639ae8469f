"""Who receives for which domain, asked of DNS beside the sending; and the end of what engines no longer need."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db.models import F, Q

from mailexpert.base import names
from mailexpert.base.clock import now
from mailexpert.core.jobs import every
from mailexpert.mail import providers
from mailexpert.sending.models import MailDomain, Meter

FRESH = timedelta(days=7)
SOON = timedelta(hours=1)  # when a name server gave no answer
FORGOTTEN = timedelta(days=30)
METERS_KEPT = timedelta(days=2)
AT_ONCE, A_BATCH, MOST, SECONDS = 16, 200, 4_000, 40.0


@every("* * * * *")
def look_up_providers() -> None:
    """Ask for the domains that a mailing went to and nobody asked after yet, or not for a week."""
    look_up(names.system())


def look_up(source: names.Names) -> int:
    """How many domains got an answer. Stops in time for the next turn; what is left is for that."""
    until, found = time.monotonic() + SECONDS, 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mx") as threads:
        for batch in _batches():
            answers = list(threads.map(source.mail_hosts, batch))
            for domain, answer in zip(batch, answers, strict=True):
                _note(domain, answer, now())
                found += answer.state is not names.State.FAILED
            if time.monotonic() > until:
                break
    return found


def _batches() -> Iterator[list[str]]:
    due = Q(looked_at=None) | Q(looked_at__lt=now() - FRESH, needed_at__gt=F("looked_at"))
    domains = list(
        MailDomain.objects.filter(due)
        .order_by(F("looked_at").asc(nulls_first=True))
        .values_list("domain", flat=True)[:MOST]
    )
    for start in range(0, len(domains), A_BATCH):
        yield domains[start : start + A_BATCH]


def _note(domain: str, answer: names.Answer, at: datetime) -> None:
    if answer.state is names.State.FAILED:
        MailDomain.objects.filter(domain=domain).update(looked_at=at - FRESH + SOON, needed_at=at)
        return
    # Without MX records a domain receives its mail itself (RFC 5321, section 5.1).
    hosts = answer.values if answer.state is names.State.FOUND else (domain,)
    MailDomain.objects.filter(domain=domain).update(provider=providers.of_mx(hosts), looked_at=at)


@every("40 4 * * *")
def forget_pace() -> None:
    """Domains that no mailing went to for a month, and meters that nobody turns."""
    MailDomain.objects.filter(needed_at__lt=now() - FORGOTTEN).delete()
    Meter.objects.filter(at__lt=now() - METERS_KEPT).delete()
