"""One letter to one person on behalf of the account: a confirmation, an answer to a request. Through the account's own
relay and signed by its domain where it has them, else through the installation's; no pixel, no tracked link."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import formataddr, make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from mailexpert.accounts.models import Account
from mailexpert.base import outbound
from mailexpert.mail import address
from mailexpert.sending import queries, queries_domains, testmail
from mailexpert.sending.models import Issue, SenderDomain

LINE_END = re.compile(rb"\r?\n")
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


SAID_NO = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


class NotSent(Exception):
    """No relay took the letter; it is tried again."""


class InDoubt(Exception):
    """The relay was given the letter and its answer never came. It may have left, so nobody sends it again by
    themselves."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    name: str
    address: str
    domain: SenderDomain | None = None


@dataclass(frozen=True, kw_only=True)
class Way:
    """From whom, and through whose relay."""

    sender: Sender
    reply_to: str = ""
    is_own: bool = False


def send(*, to: str, subject: str, text: str, html: str, sender: str = "") -> str:
    """The Message-ID under which it left. `sender`: whom it is from, as long as the account may send as that; empty:
    as its last mailing. Raises NotSent, or InDoubt where nobody knows."""
    way = _way(sender)
    message_id = make_msgid(domain=way.sender.address.rpartition("@")[2])
    mail = EmailMultiAlternatives(
        " ".join(subject.split()),
        text,
        formataddr((way.sender.name, way.sender.address)),
        [to],
        headers=HEADERS | {"Message-ID": message_id},
        reply_to=[way.reply_to] if way.reply_to else None,
    )
    mail.attach_alternative(html, "text/html")
    if way.is_own:
        _through_own_relay(mail, way.sender, to)
    else:
        _through_installation(mail)
    return message_id


def _way(wanted: str) -> Way:
    """The account's relay and name where it has them; else the installation's."""
    chosen = _chosen(wanted)
    usual = chosen or _usual_sender()
    if usual is None:
        return Way(sender=_installation())
    has_relay = (queries.own_relay() or queries.installation_relay()) is not None
    is_own = has_relay or (chosen is not None and chosen.domain is not None)
    return Way(
        sender=usual if is_own or chosen is not None else _installation(),
        reply_to=usual.address,
        is_own=is_own,
    )


def _chosen(wanted: str) -> Sender | None:
    if not wanted:
        return None
    parsed = address.parse_sender(wanted)
    return _allowed(parsed.name, parsed.address.text)


def _through_installation(mail: EmailMultiAlternatives) -> None:
    with _asking():
        mail.connection = relay = get_connection()
        relay.open()
    with closing(relay), _handing_over():
        mail.send()


def _through_own_relay(mail: EmailMultiAlternatives, sender: Sender, to: str) -> None:
    with _asking():
        body = LINE_END.sub(b"\r\n", mail.message().as_bytes())
        if sender.domain is not None:
            body = testmail.signed(body, sender.domain)
        relay = testmail.connect()
    with closing(relay), _handing_over():
        relay.sendmail(sender.address, [to], body)


@contextmanager
def _asking() -> Iterator[None]:
    """Nothing was handed over yet."""
    try:
        yield
    except (smtplib.SMTPException, OSError, outbound.Unknown, outbound.Refused, testmail.NotSent) as problem:
        raise NotSent(NotSent.__doc__) from problem


@contextmanager
def _handing_over() -> Iterator[None]:
    """What a relay answers is certain; a connection that breaks is not."""
    try:
        yield
    except SAID_NO as problem:
        raise NotSent(NotSent.__doc__) from problem
    except (smtplib.SMTPException, OSError) as problem:
        raise InDoubt(InDoubt.__doc__) from problem


def _usual_sender() -> Sender | None:
    """Who the account's last mailing was from, where it may still send as that."""
    last = Issue.objects.filter(kind=Issue.Kind.MAILING).order_by("-id").first()
    if last is None:
        return None
    return _allowed(last.sender_name, address.parse(last.sender_address).text)


def _allowed(name: str, text: str) -> Sender | None:
    """Where mail leaves the machine, only from a domain that is shown to be the account's."""
    domain = queries_domains.domain_for(text)
    if domain is None and queries_domains.mail_leaves():
        return None
    return Sender(name=name, address=text, domain=domain)


def _installation() -> Sender:
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return Sender(name=Account.objects.get().name, address=ours)
