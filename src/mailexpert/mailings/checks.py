"""What is looked at before a mailing may leave: its words, its sender, its audience."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailexpert.accounts.actions_package import room_for
from mailexpert.accounts.models import Account
from mailexpert.base import env
from mailexpert.contacts.models import Field, List
from mailexpert.contacts.rules.tree import TreeProblem
from mailexpert.content import rules_segments
from mailexpert.content.checks import Check as ContentCheck
from mailexpert.content.checks import asking_page, check_draft, look_at_links
from mailexpert.content.problems import SourceError
from mailexpert.content.rules import compile_source
from mailexpert.content.values import Draft
from mailexpert.mail import address, utm
from mailexpert.mail.browser import with_browser_link
from mailexpert.mailings import archive, audience, checks_experiments, queries, versions
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.rules import NOBODY, Check, Level
from mailexpert.sending import queries_domains as domains
from mailexpert.tracking import queries_goals as goals


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is frozen when sending starts."""

    html: str
    text: str
    fields: dict[str, str]
    purpose: str
    segments: tuple[int, ...] = ()


def look_over(mailing: Mailing) -> tuple[list[Check], Content | None]:
    """Every check, the blocking ones first; the content too when it can be made."""
    mailing = versions.whole(mailing)
    found, content = _content(mailing)
    found += [*_sender(mailing), *_audience(mailing), *_package(mailing), *_address_line()]
    found += checks_experiments.look(mailing, content=_content, sender=_sender)
    order: dict[Level, int] = {"block": 0, "warn": 1, "ok": 2}
    return sorted(found, key=lambda check: order[check.level]), content


def content_of(mailing: Mailing) -> Content:
    """Of a mailing that was looked over. Raises SourceError where nothing can be made of it."""
    _found, content = _content(mailing)
    if content is None:
        raise SourceError
    return content


def look_at_pages(mailing: Mailing, *, again: bool = False) -> None:
    """Ask the pages that the mailing links to. Takes seconds, so it isn't done at every key."""
    look_at_links(_draft(mailing), again=again)


def _draft(mailing: Mailing) -> Draft:
    return Draft(
        kind=mailing.kind,
        source=mailing.source,
        subject=mailing.subject,
        preheader=mailing.preheader,
        language=mailing.language,
    )


def _content(mailing: Mailing) -> tuple[list[Check], Content | None]:
    """What content finds in the words, and the content itself when a mail can be made of it."""
    draft = _draft(mailing)
    found = [_eased(check, mailing) for check in check_draft(draft)]
    try:
        made = compile_source(
            draft.kind, draft.source, title=draft.subject, language=draft.language, preheader=draft.preheader
        )
    except SourceError:
        return found, None
    segments = rules_segments.used(made.html, made.text, draft.subject)
    if _is_broken(segments):
        said = _(
            "A block is shown to a segment that asks for a field that is no longer there. Mend the segment."
        )
        found.append(_block("segment_broken", said, "source"))
    circles = {rules_segments.name_of(number): f"segment:{number}" for number in segments}
    words = _utm(mailing, made.html, made.text)
    if words.count:
        found.append(_tagged(words.count))
    html, text = with_browser_link(words.html, words.text, draft.language, archive.url_of(mailing))
    return found, Content(
        html=html,
        text=text,
        fields=dict(Field.objects.values_list("name", "slot")) | circles,
        purpose=_purpose(mailing),
        segments=tuple(segments),
    )


def _utm(mailing: Mailing, html: str, text: str) -> utm.Tagged:
    """The account's rule for utm words, on the links to its own sites."""
    rule = goals.utm_rule()
    if rule is None:
        return utm.Tagged(html=html, text=text, count=0)
    return utm.put_on(html, text, rule, slugify(mailing.name)[:100])


def _tagged(count: int) -> Check:
    text = ngettext(
        "%(n)s link to your own site carries your utm words.",
        "%(n)s links to your own sites carry your utm words.",
        count,
    )
    return _ok("utm", text % {"n": count}, "source")


def _eased(check: ContentCheck, mailing: Mailing) -> Check:
    """While mail stays on this machine, a link to it works for its readers. A photo is described on a page of its
    own."""
    asks = check.code == "image_undescribed"
    page = asking_page(reverse("mailings:show", args=[mailing.id])) if asks else ""
    here = check.code == "link_here" and env.load().relay_is_local
    level: Level = "warn" if here else check.level  # type: ignore[assignment]
    return Check(
        code=check.code,
        level=level,
        text=check.text,
        where=check.where,
        page=page,
        title=check.title,
        detail=check.detail,
    )


def _purpose(mailing: Mailing) -> str:
    first = List.objects.filter(id__in=mailing.list_ids()).order_by("id").first()
    return first.purpose if first else ""


def _sender(mailing: Mailing) -> list[Check]:
    if not mailing.sender:
        return [_block("sender_missing", _("There is no sender yet."), "sender")]
    try:
        address.parse_sender(mailing.sender)
    except address.AddressProblem:
        return [_block("sender_invalid", _("The sender is no valid address."), "sender")]
    if not domains.mail_leaves():
        return [_ok("sender", _("The sender is a valid address."), "sender")]
    return [_sender_domain(mailing.sender)]


def _sender_domain(sender: str) -> Check:
    """Through a real relay only from a domain whose records show that it is this account's."""
    parsed = address.parse_sender(sender).address
    if domains.domain_for(parsed.text) is not None:
        text = _("The domain of your sender is verified, and this mailing is signed for it.")
        return _ok("sender_domain", text, "sender")
    known = domains.known_domain(parsed.text)
    if known is None:
        text = _("%(domain)s is not a sender domain of yours yet. Add it and publish its records.")
        page = reverse("sending:domains")
    elif known.is_broken:
        text = _("The records of %(domain)s are broken in DNS. Mend them, then this mailing can leave.")
        page = reverse("sending:domain", args=[known.id])
    elif known.is_verified:
        text = _(
            "The DMARC policy of your domain is strict: mail from %(domain)s needs a sender domain of its own."
        )
        page = reverse("sending:domains")
    else:
        text = _("The records of %(domain)s are not in DNS yet. Publish them, then this mailing can leave.")
        page = reverse("sending:domain", args=[known.id])
    text %= {"domain": parsed.domain}
    return Check(code="sender_domain", level="block", text=text, where="sender", page=page)


def _audience(mailing: Mailing) -> list[Check]:
    lists = mailing.list_ids()
    if not lists:
        return [_block("audience_missing", _("No list is chosen, so nobody would get it."), "audience")]
    purposes = set(List.objects.filter(id__in=lists).values_list("purpose", flat=True))
    if _is_broken(mailing.segment_ids()):
        text = _("A segment asks for a field that is no longer there. Mend the segment, or leave it out.")
        return [_block("segment_broken", text, "audience")]
    tally = queries.tally(mailing)
    if not tally.mailable:
        text = _(
            "Nobody on these lists may be mailed now. You can plan it for later: who may be mailed then, gets it."
        )
        return [_block(NOBODY, text, "audience")]
    people = ngettext(
        "%(n)s person gets it, with a ground on record.",
        "%(n)s people get it, each with a ground on record.",
        tally.mailable,
    )
    shown = number_format(tally.mailable, force_grouping=True)
    found = [_ok("audience", people % {"n": shown}, "audience")]
    if len(purposes) > 1:
        found.append(
            Check(
                code="audience_purposes",
                level="warn",
                text=_("These lists have different purposes; people said yes to one of them."),
                where="audience",
            )
        )
    return found


def _is_broken(segments: Sequence[int]) -> bool:
    try:
        audience.within("", segments)
    except TreeProblem:
        return True
    return False


def _package(mailing: Mailing) -> list[Check]:
    """What the account's package has room for this month."""
    if room_for("mails", queries.tally(mailing).mailable):
        return []
    words = _(
        "This mailing is larger than what your package has left this month. A larger package counts at once."
    )
    return [_block("package", words, "settings")]


def _address_line() -> list[Check]:
    """Dutch law wants the true sender and a way to reach them in each message (Telecommunicatiewet 11.7)."""
    if Account.objects.get().postal_address.strip():
        return [_ok("postal_address", _("Your name and postal address stand below the mailing."), "settings")]
    return [
        Check(
            code="postal_address",
            level="warn",
            text=_("Your postal address is not filled in, so only your name stands below the mailing."),
            where="settings",
        )
    ]


def _block(code: str, text: str, where: str) -> Check:
    return Check(code=code, level="block", text=text, where=where)


def _ok(code: str, text: str, where: str) -> Check:
    return Check(code=code, level="ok", text=text, where=where)
