"""A proof of one mail, through the same composer and the same relay as the mailing itself."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mailexpert.base import env, keys, outbound
from mailexpert.base.clock import now
from mailexpert.core.scope import current_account
from mailexpert.mail import address, dkim, links
from mailexpert.mail.compose import Composer, IssueContent, Message
from mailexpert.mail.personalise import RenderProblem
from mailexpert.mail.smtp_opening import xoauth2
from mailexpert.sending import probe, queries, queries_domains
from mailexpert.sending.models import InstallationRelay, SenderDomain, SenderKey

SECONDS = 20.0
MARK = {"nl": "[Proef] ", "en": "[Test] "}
NOBODY = 0  # the contact whose unsubscribe link a test mail carries: it stops nothing


class NotSent(Exception):
    """The test mail was not handed over; the message says why, in words for the page."""


@dataclass(frozen=True, kw_only=True)
class TestMail:
    """What to send: the mailing's own words, and the values of the person it is shown for."""

    to: str
    subject: str
    html: str
    text: str
    sender: str
    reply_to: str
    language: str
    sender_line: str
    values: Mapping[str, Any]


def send(wanted: TestMail) -> None:
    """Compose, sign and hand over. Raises NotSent."""
    domain = queries_domains.domain_for(address.parse_sender(wanted.sender).address.text)
    if domain is None and queries_domains.mail_leaves():
        raise NotSent(
            _("the domain of your sender is not verified yet (Settings & Options, Sender domains).")
        )
    try:
        message = _compose(wanted, domain)
    except RenderProblem as problem:
        raise NotSent(
            _("line %(line)s of the content: %(what)s") % {"line": problem.line, "what": problem}
        ) from problem
    try:
        with closing(connect()) as relay:
            body = signed(message.body, domain) if domain else message.body
            relay.sendmail(message.sender.decode(), [message.recipient.decode()], body)
    except outbound.Refused as problem:
        raise NotSent(_("your relay's host lies inside a private network.")) from problem
    except (smtplib.SMTPException, OSError, outbound.Unknown) as problem:
        raise NotSent(_("your relay does not take it (%(what)s).") % {"what": _words(problem)}) from problem


def _compose(wanted: TestMail, domain: SenderDomain | None) -> Message:
    numbered = links.number(wanted.html, wanted.text)
    sender = address.parse_sender(wanted.sender)
    composer = Composer(
        IssueContent(
            issue_id=NOBODY,
            account_id=current_account(),
            sender_name=sender.name,
            sender_address=sender.address.text,
            reply_to=wanted.reply_to,
            subject=MARK.get(wanted.language, MARK["nl"]) + wanted.subject,
            html=numbered.html,
            text=numbered.text,
            targets=numbered.targets,
            tracking="none",
            language=wanted.language,
            sender_line=wanted.sender_line,
            track_url=env.load().track_url,
            inbound_domain=domain.return_host if domain and domain.has_return_path else "",
            is_test=True,
        ),
        keys.derive("links"),
    )
    row = tuple(wanted.values.get(name) for name in composer.columns)
    return next(composer.compose([NOBODY], [address.parse(wanted.to).text], [row], now()))


def signed(body: bytes, domain: SenderDomain) -> bytes:
    active = domain.keys.filter(state=SenderKey.State.ACTIVE).order_by("-algorithm")
    try:
        signing = [dkim.load_key(keys.unseal(key.secret, "dkim"), key.selector) for key in active]
        return dkim.Signer(domain.name, signing).sign(body, int(now().timestamp()))
    except (keys.SecretProblem, dkim.KeyProblem) as problem:
        raise NotSent(_("the keys of your sender domain can't be read; renew them.")) from problem


def connect() -> smtplib.SMTP:
    """A session with the account's relay, else the installation's."""
    found = queries.own_relay() or queries.installation_relay()
    if found is None:
        known = env.load()
        name, port = known.default_relay
        username, password = known.relay_login
        host = probe.Host(
            name=name,
            port=port,
            security=known.relay_security,
            verify=True,
            username=username,
            password=password,
        )
        return _open(host, name)
    address = (
        found.host
        if isinstance(found, InstallationRelay)
        else outbound.target(found.host, found.port).address
    )
    return _open(probe.host_of(found), address)


def _open(host: probe.Host, address: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if not host.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if host.security == "tls":
        session: smtplib.SMTP = smtplib.SMTP_SSL(timeout=SECONDS, context=context)
    else:
        session = smtplib.SMTP(timeout=SECONDS)
    # Certificates are checked against the name, not the address.
    session._host = host.name  # type: ignore[attr-defined]
    session.connect(address, host.port)
    if host.security == "starttls":
        session.starttls(context=context)
    if host.login == "token":
        session.ehlo_or_helo_if_needed()
        session.auth("XOAUTH2", lambda _challenge=None: xoauth2(host.username, host.password))
    elif host.username:
        session.login(host.username, host.password)
    return session


def _words(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        said = problem.smtp_error
        return f"{problem.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"[
            :200
        ]
    return str(problem)[:200] or type(problem).__name__
