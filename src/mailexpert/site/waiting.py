"""What waits for a staff member: the console's first page. Each line leads to where it is done."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailexpert.accounts.models import User
from mailexpert.core.attention import Need
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.models import Disclosure, Document, Edition, Question
from mailexpert.privacy.queries import public_promises, security_contact
from mailexpert.site.models import Message, Testimonial

SOON = timedelta(days=30)


def of(user: User, now: datetime) -> list[Need]:
    """What can't wait stands first."""
    found = [
        *_questions(now), *_promises(), *_disclosures(user), *_messages(user), *_editions(user), *_testimonials(),
        *_security_txt(now),
    ]  # fmt: skip
    return sorted(found, key=lambda need: not need.now)


def _questions(now: datetime) -> Iterator[Need]:
    due = list(Question.objects.filter(answered_at=None).order_by("due_at").values_list("due_at", flat=True))
    if not due:
        return
    late = sum(at < now for at in due)
    title = ngettext("%(n)s question to answer", "%(n)s questions to answer", len(due)) % {"n": len(due)}
    text = (
        ngettext("%(n)s is past its deadline.", "%(n)s are past their deadline.", late) % {"n": late}
        if late
        else _("All are within their deadline.")
    )
    yield Need(
        title=title, text=text, url=reverse("site:questions"), button=_("Answer"), icon="mail", now=late > 0
    )


def _promises() -> Iterator[Need]:
    standings = public_promises(translation.get_language() or "nl")
    broken = [one for one in standings if one.state == "broken"]
    if not broken:
        return
    n = len(broken)
    yield Need(
        title=ngettext("%(n)s promise is broken", "%(n)s promises are broken", n) % {"n": n},
        text=_("The first: %(number)s, %(what)s.") % {"number": broken[0].number, "what": broken[0].evidence[0]},
        url=reverse("site:desk"), button=_("Look at it"), icon="alert-triangle", now=True,
    )  # fmt: skip


def _disclosures(user: User) -> Iterator[Need]:
    if not user.may("disclose"):
        return
    asked = Disclosure.objects.filter(state=Disclosure.State.ASKED).exclude(voices__user_id=user.pk)
    n = asked.count()
    if n:
        yield Need(
            title=ngettext("%(n)s disclosure waits for your voice", "%(n)s disclosures wait for your voice", n)
            % {"n": n},
            text=_("Without two approvals nothing is given."),
            url=reverse("site:disclosures"), button=_("Judge"), icon="scale", now=True,
        )  # fmt: skip


def _messages(user: User) -> Iterator[Need]:
    """Nobody reads their own a second time."""
    for one in Message.objects.filter(state=Message.State.OFFERED).exclude(author=user).order_by("id"):
        yield Need(
            title=_("“%(subject)s” waits for a second reader") % {"subject": one},
            text=one.get_kind_display(), url=reverse("site:message", args=[one.id]), button=_("Read"),
            icon="bell", now=True,
        )  # fmt: skip


def _editions(user: User) -> Iterator[Need]:
    drafts = Edition.objects.filter(state=Edition.State.DRAFT).order_by("id")
    for one in drafts.exclude(texts__author=user).exclude(author=user):
        yield Need(
            title=_("%(document)s %(number)s is a draft")
            % {"document": Document(one.document).label, "number": one.number},
            text=_("Written by %(name)s; someone else approves it.") % {"name": one.author_name or "–"},
            url=reverse("site:edition", args=[one.id]), button=_("Read"), icon="file-text",
        )  # fmt: skip


def _testimonials() -> Iterator[Need]:
    with beside_wall(Beside.TESTIMONIALS):
        n = (
            Testimonial.objects.filter(published_at=None, withdrawn_at=None)
            .exclude(consented_at=None)
            .count()
        )
    if n:
        yield Need(
            title=ngettext("%(n)s testimonial to place", "%(n)s testimonials to place", n) % {"n": n},
            text=_("Each with the consent of who said it."), url=reverse("site:testimonial-desk"),
            button=_("Look at it"), icon="star",
        )  # fmt: skip


def _security_txt(now: datetime) -> Iterator[Need]:
    found = security_contact()
    if found is None or found.expires_at < now + SOON:
        yield Need(
            title=_("security.txt ends soon"), text=_("Whoever renews it has seen that the address still holds."),
            url=reverse("site:security-contact"), button=_("Renew"), icon="clock",
        )  # fmt: skip
