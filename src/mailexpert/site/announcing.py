"""Carries the notices of an announced version: the mail to every customer, the item under News, and the record of
who got what. Login page and banner show by themselves as long as a version is coming."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mailexpert.base import env
from mailexpert.contacts import actions as contacts
from mailexpert.contacts.models import Contact, List
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.privacy import actions_policy as policy
from mailexpert.privacy import rules_policy
from mailexpert.privacy.models import Document, Edition, EditionNotice, Told
from mailexpert.privacy.moment import moment
from mailexpert.privacy.queries_policy import expected_effect
from mailexpert.sending.models import Delivery, Outcome
from mailexpert.site import customers, post
from mailexpert.site.models import Customer, MailKind, NewsItem

Channel = EditionNotice.Channel
AGAIN = timedelta(days=1)  # so long after a round that failed the next one begins
ROUNDS = 5
UNDER_WAY = {Mailing.State.SCHEDULED, Mailing.State.SENDING}


def carry(found: Edition) -> None:
    """One look at the notices of a version; what stands in their way is written beside them."""
    for notice in found.notices.order_by("id"):
        if notice.channel == Channel.NEWS:
            carry_news(found, notice)
        elif notice.channel == Channel.MAIL and notice.out_at is None:
            carry_mail(found, notice)


# The item under News


def carry_news(found: Edition, notice: EditionNotice) -> None:
    item = NewsItem.objects.filter(edition_id=found.id).first() or write_news(found)
    if item.is_public and notice.out_at is None:
        policy.note_out(notice)
    elif not item.is_public and notice.out_at is not None:
        policy.note_trouble(notice, _("The item was taken off the news page."))


def write_news(found: Edition) -> NewsItem:
    now = moment()
    words: dict[str, str] = {}
    for language in rules_policy.LANGUAGES:
        with translation.override(language):
            said = word(found, now)
            words |= {f"title_{language}": said.subject, f"body_{language}": "\n\n".join(said.paragraphs)}
    return NewsItem.objects.create(
        kind=NewsItem.Kind.POLICY, edition_id=found.id, published_at=now, author=found.approver, **words
    )


# The mail


def word(found: Edition, now: datetime) -> post.Word:
    """In the language that is active."""
    language = translation.get_language() or "nl"
    day = date_format(localtime(expected_effect(found, now)), "j F Y")
    values = {"document": Document(found.document).label.lower(), "number": found.number, "day": day}
    summary = found.summary(language).strip()
    return post.Word(
        subject=_("A new version of our %(document)s, from %(day)s") % values,
        paragraphs=[
            _("Version %(number)s of our %(document)s takes effect on %(day)s at the earliest. Until then the old "
              "text holds, and it can be read afterwards too.") % values,
            *([summary] if summary else []),
            _("You see what changes side by side, paragraph by paragraph."),
        ],
        button=_("What changes"),
        url=env.load().base_url + reverse(f"site:changes-{language}", args=[found.document, found.number]),
        after=_("This mail goes to every customer, whatever you chose about product news and offers."),
    )  # fmt: skip


def carry_mail(found: Edition, notice: EditionNotice) -> None:
    if not notice.mailings or (notice.trouble and _may_try_again(notice)):
        start_round(found, notice)
        notice.refresh_from_db()
    judge_round(found, notice)


def _may_try_again(notice: EditionNotice) -> bool:
    return notice.tried_at is not None and notice.tried_at + AGAIN <= moment() and notice.rounds < ROUNDS


def start_round(found: Edition, notice: EditionNotice) -> None:
    """Everyone the first time; after that those whom no round reached."""
    customers.keep_in_step()
    with account(customers.operator_id()):
        try:
            with transaction.atomic():
                made = [_send(found, notice, language) for language in rules_policy.LANGUAGES]
        except post.NotSent as problem:
            policy.note_trouble(notice, str(problem))
            return
        mailings = [*notice.mailings, *(mailing_id for mailing_id in made if mailing_id is not None)]
        EditionNotice.objects.filter(id=notice.id).update(
            mailings=mailings, rounds=notice.rounds + 1, tried_at=moment(), trouble=""
        )


def _send(found: Edition, notice: EditionNotice, language: str) -> int | None:
    target = customers.lists()[MailKind.SERVICE, language]
    if notice.rounds:
        target = _list_of_the_rest(found, notice, language)
    with translation.override(language):
        said = word(found, moment())
        name = f"{Document(found.document).label} {found.number} ({language}, {notice.rounds + 1})"
    return post.send(said, name=name, language=language, list_ids=[target])


def _list_of_the_rest(found: Edition, notice: EditionNotice, language: str) -> int:
    reached = set(sent_to(notice.mailings))
    rest = Customer.objects.filter(language=language).exclude(contact_id__in=reached)
    made = contacts.make_list(f"{found} {language} {notice.rounds + 1}", "service")
    for contact in Contact.objects.filter(id__in=rest.values("contact_id")):
        contacts.sign_up(contact, List.objects.get(id=made.id), ground="contract", source=customers.SOURCE)
    contacts.archive_list(made.id)
    return made.id


def sent_to(mailings: Iterable[int]) -> dict[int, datetime]:
    """Who was sent one of these, and when. Inside the operator's account."""
    issues = list(Mailing.objects.filter(id__in=list(mailings)).values_list("issue_id", flat=True))
    rows = Delivery.objects.filter(issue_id__in=issues, outcome=Outcome.SENT).order_by("at")
    return dict(rows.values_list("contact_id", "at"))


def judge_round(found: Edition, notice: EditionNotice) -> None:
    """Once all its mailings are done: write down who was reached, and whether that is enough."""
    with account(customers.operator_id()):
        mine = Mailing.objects.filter(id__in=notice.mailings)
        states = set(mine.values_list("state", flat=True))
        reached = sent_to(notice.mailings)
        people = {row.contact_id: row.user_id for row in Customer.objects.all()}
    if states & UNDER_WAY:
        return
    if states - {Mailing.State.SENT}:
        policy.note_trouble(notice, _("The mailing was paused or stopped."))
        return
    if notice.rounds == 0:
        return
    _close(found, notice, {people[contact]: at for contact, at in reached.items() if contact in people})


def _close(found: Edition, notice: EditionNotice, users: dict[int, datetime]) -> None:
    of_users = customers.accounts_of_users()
    every = {account_id for accounts in of_users.values() for account_id in accounts}
    told: dict[int, tuple[int, datetime]] = {}
    for user_id, at in users.items():
        for account_id in of_users.get(user_id, []):
            told.setdefault(account_id, (user_id, at))
    for account_id, (user_id, at) in told.items():
        policy.note_told(account_id, found.id, Channel.MAIL, Told.Act.SENT, user_id=user_id, at=at)
    if rules_policy.mail_went_out(customers=len(every), reached=len(told)):
        for account_id in every - told.keys():
            policy.note_told(account_id, found.id, Channel.MAIL, Told.Act.UNREACHED)
        policy.note_out(notice)
    elif not notice.trouble:
        words = _("%(missed)s of %(all)s accounts were not reached; the next attempt is a day later.")
        policy.note_trouble(notice, words % {"missed": len(every - told.keys()), "all": len(every)})
