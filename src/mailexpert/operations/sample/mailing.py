"""The sample's contacts, template and mailing, and sending it."""

import sys
import time

from django.db import transaction
from django.urls import reverse

from mailexpert.accounts.models import Account
from mailexpert.base.env import Environment
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.content import actions as content
from mailexpert.content.queries import starter_of
from mailexpert.content.values import Draft
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.operations.sample import words
from mailexpert.privacy.models import Ground
from mailexpert.sending.queries import Counts, counts

BAR = 40
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120.0


def make() -> None:
    """For the account that is active."""
    readers = List.objects.create(name=words.LIST)
    contacts = Contact.objects.bulk_create(
        Contact(email=email, first_name=first, last_name=last, language="nl")
        for email, first, last in words.people()
    )
    Membership.objects.bulk_create(
        Membership(list=readers, contact=contact, ground=Ground.CONSENT, source="sample")
        for contact in contacts
    )
    template = content.make_template(name=words.MAILING, draft=draft())
    made = Mailing.objects.create(
        name=words.MAILING,
        subject=words.SUBJECT,
        preheader=words.PREHEADER,
        sender=words.SENDER,
        template=template,
        kind=template.kind,
        source=template.source,
    )
    actions.choose_audience(made, [readers.id])


def draft() -> Draft:
    """The starter newsletter with the sample's words in it."""
    starter = starter_of("newsletter", "nl")
    assert starter is not None
    source = starter.source
    for theirs, ours in words.INSTEAD.items():
        source = source.replace(theirs, ours)
    return Draft(
        kind=starter.kind, source=source, subject=words.SUBJECT, preheader=words.PREHEADER, language="nl"
    )


def send(env: Environment) -> None:
    """Send the sample mailing once, and tell where its report is and how to log in."""
    from mailexpert.operations.sample.accounts import DEMO, login

    with beside_wall(Beside.SAMPLE):
        demo = Account.objects.filter(slug=DEMO).first()
    if demo is None:
        return
    with account(demo.id):
        found = Mailing.objects.filter(name=words.MAILING).order_by("id").first()
        if found is not None and _start(env, found):
            _show_progress(found)
            path = reverse("reports:mailing", args=[found.id])
            print(f"\nThe report of the sample mailing: {env.base_url}{path}")
    known = login(env)
    if known is not None:
        print(f"Log in with {known[0]} and password {known[1]}")
    sys.stdout.flush()


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
