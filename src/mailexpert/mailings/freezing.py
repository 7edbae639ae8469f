"""From a mailing to the issue that is sent."""

from collections.abc import Sequence

from mailexpert.accounts.models import Account
from mailexpert.mailings.checks import Content
from mailexpert.mailings.models import Mailing
from mailexpert.sending import actions as sending
from mailexpert.sending.models import Issue
from mailexpert.tracking import queries as tracking


def freeze(
    mailing: Mailing, content: Content, *, known_links: Sequence[str] = (), lead: Issue | None = None
) -> Issue:
    """In the transaction that cuts its audience. Raises NoSenderDomain."""
    return sending.open_issue(
        known_links=known_links,
        lead=lead,
        mailing_id=mailing.id,
        subject=mailing.subject,
        html=content.html,
        text=content.text,
        preheader=mailing.preheader,
        sender=mailing.sender,
        reply_to=mailing.reply_to,
        fields=content.fields,
        list_ids=mailing.list_ids(),
        purpose=content.purpose,
        tracking=tracking.limits().allowed(mailing.tracking),
        language=mailing.language,
        sender_line=Account.objects.get().sender_line,
    )
