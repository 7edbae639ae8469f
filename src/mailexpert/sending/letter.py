"""One letter to one person on behalf of the account: a confirmation, an answer to a request. Through the account's own
relay and signed by its domain where it has them, else through the installation's; no pixel, no tracked link."""

import re
import smtplib
from contextlib import closing
from dataclasses import dataclass
from email.utils import formataddr, make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from mailexpert.accounts.models import Account
from mailexpert.base import outbound
from mailexpert.mail import address
from mailexpert.sending import queries, queries_domains, testmail
from mailexpert.sending.models import Issue, SenderDomain

LINE_END = re.compile(rb"\r?\n")
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class NotSent(Exception):
    """No relay took the letter; it is tried again."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    name: str
    address: str
    domain: SenderDomain | None = None


def send(*, to: str, subject: str, text: str, html: str) -> str:
    """The Message-ID under which it left. Raises NotSent, and OSError where the installation's relay is away."""
    usual = _usual_sender()
    own = usual is not None and (queries.own_relay() or queries.installation_relay()) is not None
    sender = usual if own and usual is not None else _installation()
    message_id = make_msgid(domain=sender.address.rpartition("@")[2])
    mail = EmailMultiAlternatives(
        " ".join(subject.split()),
        text,
        formataddr((sender.name, sender.address)),
        [to],
        headers=HEADERS | {"Message-ID": message_id},
        reply_to=[usual.address] if usual is not None else None,
    )
    mail.attach_alternative(html, "text/html")
    if not own:
        mail.send()
        return message_id
    try:
        body = LINE_END.sub(b"\r\n", mail.message().as_bytes())
        if sender.domain is not None:
            body = testmail.signed(body, sender.domain)
        with closing(testmail.connect()) as relay:
            relay.sendmail(sender.address, [to], body)
    except (smtplib.SMTPException, OSError, outbound.Unknown, outbound.Refused, testmail.NotSent) as problem:
        raise NotSent(NotSent.__doc__) from problem
    return message_id


def _usual_sender() -> Sender | None:
    """Who the account's last mailing was from, where it may still send as that."""
    last = Issue.objects.filter(kind=Issue.Kind.MAILING).order_by("-id").first()
    if last is None:
        return None
    domain = queries_domains.domain_for(address.parse(last.sender_address).text)
    if domain is None and queries_domains.mail_leaves():
        return None
    return Sender(name=last.sender_name, address=last.sender_address, domain=domain)


def _installation() -> Sender:
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return Sender(name=Account.objects.get().name, address=ours)
