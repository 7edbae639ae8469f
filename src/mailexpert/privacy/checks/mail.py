"""Mails that are really composed, and the one-click address that really answers (A5)."""

import re
from email import message_from_bytes, policy

from django.utils.translation import gettext_noop as _

from mailexpert.base import keys
from mailexpert.core.promises import Ground, Outcome, broken, check, kept
from mailexpert.mail import links, visible
from mailexpert.mail.compose import Composer, IssueContent
from mailexpert.privacy.checks.wire import fetch
from mailexpert.sending.models import Issue

NEWEST = 20
NOBODY = 0  # the contact of test mails: its link stops nothing
# Templates that would rather have no way out.
BARE = "<html><body><p>Hello</p></body></html>"
HIDING = "<html><body><style>a{display:none}</style><p>Hello {{ contact.first_name }}</p></body></html>"


@check("A5", "link")
def every_mail_has_its_link(ground: Ground) -> Outcome:
    newest = list(Issue.objects.order_by("-id")[:NEWEST])
    hostile = {"a bare template": _made_up(ground, BARE), "a hiding template": _made_up(ground, HIDING)}
    stored = {f"mailing {issue.id}": _stored(ground, issue) for issue in newest}
    for name, content in (hostile | stored).items():
        missing = _missing(content, ground)
        if missing:
            return broken(_("%(what)s is missing in %(where)s"), what=missing, where=name)
    return kept(
        _("newest mailings: %(count)s of %(count)s, and two hostile templates, in text, HTML and headers"),
        count=len(newest),
    )


def _missing(content: IssueContent, ground: Ground) -> str:
    """What of the way out isn't there; empty when all is."""
    composer = Composer(content, keys.derive("links"))
    row = tuple("x" for _column in composer.columns)
    made = next(composer.compose([NOBODY], ["someone@example.org"], [row], ground.now))
    mail = message_from_bytes(made.body, policy=policy.SMTP)
    html, text = (mail.get_body((kind,)) for kind in ("html", "plain"))
    stop = f"{content.track_url}/t/u/"
    if f"<{stop}" not in str(mail["List-Unsubscribe"] or ""):
        return "List-Unsubscribe"
    if mail["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
        return "List-Unsubscribe-Post"
    if text is None or stop not in text.get_content():
        return "text"
    if html is None or not _stands_in_sight(html.get_content(), stop):
        return "HTML"
    return ""


def _stands_in_sight(html: str, stop: str) -> bool:
    """The finished page, judged by the rule that judged its template."""
    return visible.is_seen(re.sub(re.escape(stop) + r"[-\w]+", "{{ unsubscribe_url }}", html))


def _made_up(ground: Ground, html: str) -> IssueContent:
    return IssueContent(
        issue_id=NOBODY,
        account_id=NOBODY,
        sender_name="",
        sender_address="someone@example.org",
        subject="Hello",
        html=html,
        text="Hello",
        sender_line="Someone, Somewhere 1",
        track_url=ground.env.track_url,
    )


def _stored(ground: Ground, issue: Issue) -> IssueContent:
    return IssueContent(
        issue_id=issue.id,
        account_id=issue.account_id,
        sender_name=issue.sender_name,
        sender_address=issue.sender_address,
        reply_to=issue.reply_to,
        subject=issue.subject,
        html=issue.html,
        text=issue.text,
        targets=issue.links,
        tracking=issue.tracking,
        language=issue.language,
        sender_line=issue.sender_line,
        list_ids=issue.list_ids,
        track_url=ground.env.track_url,
        is_test=issue.kind == Issue.Kind.TEST,
    )


@check("A5", "one_click")
def one_click_answers(ground: Ground) -> Outcome:
    """A forged token is refused without a redirect or a cookie; a real one leads a person to the page."""
    forged = fetch(f"{ground.env.track_url}/t/u/forged", method="POST", body=b"List-Unsubscribe=One-Click")
    if forged.status != 404 or forged.cookies or forged.header("Location"):
        return broken(_("a forged token is answered with %(status)s"), status=forged.status)
    token = links.stop_token(keys.derive("links"), NOBODY, NOBODY)
    real = fetch(f"{ground.env.track_url}/t/u/{token}")
    if real.status != 302 or not real.header("Location").startswith(f"{ground.env.base_url}/uitschrijven/"):
        return broken(_("the link in a mail is answered with %(status)s"), status=real.status)
    return kept(_("the one-click address answers, and leads a person to the page"))
