"""Sending the sample mailing, with a progress bar on the terminal."""

import sys
import time

from django.db import transaction
from django.urls import reverse

from mailexpert.accounts.models import Account
from mailexpert.base.env import Environment
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.operations.sample import words
from mailexpert.operations.sample.accounts import DEMO, login
from mailexpert.sending.queries import Counts, counts

BAR = 40
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120.0


def send(env: Environment) -> None:
    """Send the sample mailing once, and tell where its report is and how to log in."""
    with beside_wall(Beside.SAMPLE):
        demo = Account.objects.filter(slug=DEMO).first()
    lines = [f"MailExpert runs at {env.base_url}/"]
    if demo is not None:
        with account(demo.id):
            found = Mailing.objects.filter(name=words.MAILING).order_by("id").first()
            if found is not None and _start(env, found):
                _show_progress(found)
                lines.append(f"Report of the sample mailing: {env.base_url}{report_path(found)}")
    known = login(env)
    if demo is not None and known is not None:
        lines.append(f"Sample login: {known[0]} with password {known[1]}")
    if env.uses_catcher:
        lines.append("Mails stay on this machine, in the built-in catcher.")
    print("\n" + "\n".join(f"  {line}" for line in [*lines, "Ctrl-C ends it."]) + "\n", flush=True)


def report_path(found: Mailing) -> str:
    return reverse("reports:mailing", args=[found.id])


def _start(env: Environment, found: Mailing) -> bool:
    """Whether it is on its way or was sent before."""
    if found.state != Mailing.State.DRAFT:
        return found.issue_id is not None
    if not env.relay_is_local:
        print("Mail leaves this machine, so the sample mailing is not sent.")
        return False
    with transaction.atomic():
        actions.start(found)
    found.refresh_from_db()
    return True


def _show_progress(found: Mailing) -> None:
    assert found.issue_id is not None
    until, shown = time.monotonic() + PATIENCE_SECONDS, -1
    while time.monotonic() < until:
        now = counts(found.issue_id)
        done = now.planned - now.waiting - now.deferred
        if done != shown:
            _draw(now, done)
            shown = done
        if done >= now.planned:
            return
        time.sleep(POLL_SECONDS)
    print("\nThe sample mailing takes longer than usual; its report shows how it goes on.")


def _draw(now: Counts, done: int) -> None:
    full = BAR * done // max(1, now.planned)
    sys.stdout.write(f"\rSample mailing {'█' * full}{'·' * (BAR - full)} {done} of {now.planned}")
    sys.stdout.flush()
