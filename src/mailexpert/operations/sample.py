"""The sample: an account to try MailExpert with, and its first mailing to the built-in catcher."""

import sys
import time

from django.db import transaction

from mailexpert.accounts import actions as accounts
from mailexpert.accounts.models import Account
from mailexpert.base.clock import now
from mailexpert.base.env import Environment
from mailexpert.contacts.models import Contact, Field, List, Membership
from mailexpert.content import actions as content
from mailexpert.content.queries import starter_of
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import actions as mailings
from mailexpert.mailings.models import Mailing
from mailexpert.sending import queries as sending

DEMO, OPERATOR = "demo", "operator"
LOGIN, PASSWORD = "demo@mailexpert.example", "proef-maar-rustig"
PEOPLE = 1_000
FIRST = "Fatima Sander Joke Emre Marijke Daan Noor Henk Aisha Wouter Lotte Ravi Ingrid Youssef Zoë Bram".split()
LAST = "de Vries;Jansen;Yılmaz;van den Berg;Bakker;El Amrani;Visser;Smit;Meijer;Ögretmen;Mulder;Dijkstra".split(";")
PLACES = "Lindewoud Utrecht Groningen Zwolle Súdwest-Fryslân Deventer Gouda Breda".split()
LONGEST_WAIT = 120.0  # seconds for the sample mailing; a machine that needs more has another problem
BAR = 32


def make_accounts(env: Environment) -> None:
    """The operator's own account always; the sample account once, in a home without any account."""
    with beside_wall(Beside.SAMPLE):
        if Account.objects.exists():
            return
    with transaction.atomic():
        accounts.make_account(name="MailExpert", slug=OPERATOR)
        owner = accounts.make_user(LOGIN, PASSWORD, full_name="Sam Voorbeeld")
        demo = accounts.make_account(
            name="Voedselbank Lindewoud", owner=owner, slug=DEMO, postal_address="Molenpad 12, 1234 AB Lindewoud"
        )
        with account(demo.id):
            _fill()


def _fill() -> None:
    """A thousand people on a list, a template, and a mailing that is ready to go."""
    Field.objects.create(name="woonplaats", label="Woonplaats", kind="text", slot="t1")
    news = List.objects.create(name="Nieuwsbrief", purpose="newsletter")
    people = Contact.objects.bulk_create(_people())
    Membership.objects.bulk_create(
        Membership(list=news, contact=person, ground="consent", since=now(), source="sample") for person in people
    )
    starter = starter_of("newsletter", "nl")
    assert starter is not None
    template = content.make_from_starter(starter)
    mailing = Mailing.objects.create(
        name="Nieuwsbrief november",
        subject="{{ contact.first_name | default: 'Dag' }}, dit gebeurde er in november",
        preheader="Nog 412 kerstpakketten te vullen. Help je mee?",
        sender="Voedselbank Lindewoud <nieuws@lindewoud.example>",
        template=template,
        kind=template.kind,
        source=template.source,
    )
    mailings.choose_audience(mailing, [news.id])


def _people() -> list[Contact]:
    return [
        Contact(
            email=f"lezer{n}@postvak.example",
            first_name=FIRST[n % len(FIRST)],
            last_name=LAST[n % len(LAST)],
            language="nl",
            t1=PLACES[n % len(PLACES)],
        )
        for n in range(PEOPLE)
    ]


def send(env: Environment) -> None:
    """Send the sample mailing once, show how it goes, and print where its report and the login are."""
    with beside_wall(Beside.SAMPLE):
        demo = Account.objects.filter(slug=DEMO).first()
    if demo is not None:
        with account(demo.id):
            _send(env)
    print(f"\n  MailExpert runs at {env.base_url}")
    if demo is not None:
        print(f"  Sample login: {LOGIN} with password {PASSWORD}")
    if env.uses_catcher:
        print(f"  Mails stay on this machine: {env.base_url}/mailvanger/")
    print("  Ctrl-C ends it.\n", flush=True)


def _send(env: Environment) -> None:
    mailing = Mailing.objects.order_by("id").first()
    if mailing is None:
        return
    if mailing.state == Mailing.State.DRAFT and env.uses_catcher:
        mailings.start(mailing)
        mailing.refresh_from_db()
        _watch(mailing)
    if mailing.issue_id:
        print(f"\n  The sample mailing's report: {env.base_url}/mailings/{mailing.id}/rapport/")


def _watch(mailing: Mailing) -> None:
    """A bar until nobody waits; the engine goes on without us."""
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        counts = sending.counts(mailing.issue_id)
        done = counts.planned - counts.waiting - counts.deferred
        full = BAR * done // max(counts.planned, 1)
        sys.stdout.write(f"\r  Sending the sample mailing  {'█' * full}{'░' * (BAR - full)}  {done} of {counts.planned}")
        sys.stdout.flush()
        if done >= counts.planned:
            break
        time.sleep(0.1)
    sys.stdout.write("\n")
