"""An issue compiled once, a message a person: the way is long at the freeze so that it is short per message.

Everything that is the same for all readers is encoded once into one bytes template with `%b` where something
personal stands. Each personal output is encoded once per distinct value, and a message is one `%` over its
values. A template with loops or conditions goes through Liquid person by person; the reader sees no difference.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from mailexpert.mail import address, headers, links
from mailexpert.mail.footer import before_body_end, with_footer
from mailexpert.mail.frame import DATE, MESSAGE, RECIPIENT, STOP, SUBJECT, Frame
from mailexpert.mail.links import PersonTokens
from mailexpert.mail.memory import Memory
from mailexpert.mail.outputs import Part, Slow, compile_part, normalise, value_of
from mailexpert.mail.personalise import (
    PREFERENCES,
    UNSUBSCRIBE,
    RenderProblem,
    check,
    fields_used,
    renderer,
    writer,
)
from mailexpert.mail.piece_stream import Known, PieceStream

SUBJECT_COLUMN = 9  # behind "Subject: "
WEB_ADDRESS = re.compile(r"https?://[!-;=?-~]+[^/]").fullmatch
OFF_THE_WIRE = re.compile(r"[\x00-\x20<>\x7f]").search


@dataclass(frozen=True, kw_only=True)
class IssueContent:
    """A frozen issue as the composer needs it. `html` and `text` hold Liquid and numbered links (links.number);
    `targets` are what the numbers stand for. `track_url` has no slash at its end. `inbound_domain` is where we
    receive mail for this account: bounces and unsubscribes by mail; without one bounces go to the sender's."""

    issue_id: int
    account_id: int
    sender_name: str
    sender_address: str
    reply_to: str = ""
    subject: str
    html: str
    text: str
    targets: Sequence[str] = ()
    tracking: str = "aggregate"
    language: str = "nl"
    sender_line: str = ""
    list_name: str = ""
    list_ids: Sequence[int] = ()
    track_url: str
    inbound_domain: str = ""
    counts_opens: bool = False
    is_test: bool = False


class Message(NamedTuple):
    """Ready for the wire: `sender` is the return path, `body` has CRLF lines, none begins with a dot; the final
    dot is the transport's. A recipient that is no address (it could slip a command in) is empty: no server
    takes that."""

    sender: bytes
    recipient: bytes
    body: bytes


class Composer:
    """`columns`: names of the contact's fields that `compose` wants values of, in this order. Making one raises
    personalise.RenderProblem for a template that Liquid can't read and address.AddressProblem for a sender."""

    columns: tuple[str, ...]

    def __init__(self, content: IssueContent, key: bytes) -> None:
        sender = address.parse(content.sender_address)
        if not WEB_ADDRESS(content.track_url):
            raise ValueError("track_url is no web address")
        self._tokens = links.person_tokens(key, content.issue_id)
        returns_to = content.inbound_domain or sender.domain
        self._returns_to = b"@" + address.parse(f"b@{returns_to}").domain.encode()
        html, text = with_footer(content.html, content.text, content.language, content.sender_line)
        html, text = _linked(content, key, normalise(html), normalise(text))
        self._addresses = {
            UNSUBSCRIBE: content.track_url + "/t/u/",
            PREFERENCES: content.track_url + "/t/p/",
        }
        self._head = _head(content, sender)
        self._openings = tuple(_opening(content, kind) for kind in (b"plain", b"html"))
        self._end = b"\r\n--" + _boundary(content) + b"--\r\n"
        self._bodies: Callable[[PersonTokens, list[bytes], Sequence[Sequence[Any]], bytes], Iterator[bytes]]
        try:
            self._compile_fast(normalise(content.subject), text, html)
        except Slow:
            self._compile_slow(normalise(content.subject), text, html)

    @property
    def is_fast(self) -> bool:
        """False when the template makes every person go through Liquid."""
        return self._bodies == self._fast

    def compose(
        self,
        contact_ids: Sequence[int],
        emails: Sequence[str],
        values: Sequence[Sequence[Any]],
        now: dt.datetime,
    ) -> Iterator[Message]:
        """Messages in the order of the people, each made when it is asked for. `values` are rows in the order of
        `columns`; None is an empty field. On the slow way a message raises personalise.RenderProblem; the next
        one can be asked for all the same."""
        if not contact_ids:
            return iter(())
        tokens = self._tokens(contact_ids)
        returns_to = self._returns_to
        senders = [b"b-" + opaque + returns_to for opaque in tokens.opaques]
        recipients = [email.encode("utf-8", "replace") for email in emails]
        if OFF_THE_WIRE("".join(emails)):
            recipients = [b"" if OFF_THE_WIRE(email) else email.encode() for email in emails]
        return map(Message, senders, recipients, self._bodies(tokens, recipients, values, headers.date(now)))

    # ── fast ──

    def _compile_fast(self, subject: str, text: str, html: str) -> None:
        parts = (
            compile_part(text, html=False, addresses=self._addresses),
            compile_part(html, html=True, addresses=self._addresses),
        )
        self._subject = compile_part(subject, html=False, as_header=True)
        self._subjects = Memory(self._encoded_subject)
        self._outputs = [output for part in parts for output in part.outputs]
        outputs = [*self._subject.outputs, *self._outputs]
        self.columns = tuple(dict.fromkeys(output.field for output in outputs))
        frame = self._layout(parts)
        self._template, self._order = frame.template, frame.order
        self._bodies = self._fast

    def _layout(self, parts: Sequence[Part]) -> Frame:
        """The bytes template, and for each `%b` in it the number of the column that fills it."""
        frame = Frame()
        frame.add(self._head)
        before = len(FIXED)
        for part, opening in zip(parts, self._openings, strict=True):
            frame.literal(opening)
            for piece in part.pieces:
                if isinstance(piece, bytes):
                    frame.literal(piece)
                else:
                    frame.slot(STOP if piece is None else before + piece)
            before += len(part.outputs)
        frame.literal(self._end)
        return frame

    def _fast(
        self, tokens: PersonTokens, recipients: list[bytes], values: Sequence[Sequence[Any]], date: bytes
    ) -> Iterator[bytes]:
        columns = dict(zip(self.columns, zip(*values, strict=True), strict=True)) if self.columns else {}
        filled = [
            tokens.stops,
            tokens.opaques,
            recipients,
            self._subject_column(columns, len(recipients)),
            [date] * len(recipients),
            *(output.encode(columns[output.field]) for output in self._outputs),
        ]
        return map(self._template.__mod__, zip(*[filled[number] for number in self._order], strict=True))

    def _subject_column(self, columns: dict[str, tuple[Any, ...]], count: int) -> list[bytes]:
        fields = [columns[output.field] for output in self._subject.outputs]
        if not fields:
            return [self._encoded_subject(())] * count
        return self._subjects.column(list(zip(*fields, strict=True)))

    def _encoded_subject(self, row: tuple[Any, ...]) -> bytes:
        return headers.unstructured(self._subject.plain(row), start=SUBJECT_COLUMN)

    # ── slow ──

    def _compile_slow(self, subject: str, text: str, html: str) -> None:
        for problem in (found for part in (subject, text, html) for found in check(part) if found.is_error):
            raise RenderProblem(problem.message, problem.line)
        self.columns = fields_used(subject, text, html)
        self._bodies = self._slow
        self._subject_of = self._plain_subject(subject)
        parts = (writer(text, html=False), writer(html, html=True))
        self._parts = [(write, Known(same)) for write, same in parts]

    def _plain_subject(self, source: str) -> Callable[[dict[str, Any], dict[str, str]], bytes]:
        """The subject's own short way, where it needs no Liquid person by person though a part does."""
        try:
            part = compile_part(source, html=False, as_header=True)
        except Slow:
            render = renderer(source, html=False)
            return lambda contact, own: headers.unstructured(render(contact, **own), start=SUBJECT_COLUMN)
        fields = [output.field for output in part.outputs]
        return lambda contact, _own: headers.unstructured(
            part.plain([contact.get(field) for field in fields]), start=SUBJECT_COLUMN
        )

    def _slow(
        self, tokens: PersonTokens, recipients: list[bytes], values: Sequence[Sequence[Any]], date: bytes
    ) -> Iterator[bytes]:
        def one(stop: bytes, opaque: bytes, recipient: bytes, row: Sequence[Any]) -> bytes:
            contact = dict(zip(self.columns, map(value_of, row), strict=True))
            own = {name: address + stop.decode() for name, address in self._addresses.items()}
            filled = (stop, opaque, recipient, self._subject_of(contact, own), date)
            out = [self._head.template % tuple(filled[number] for number in self._head.order)]
            for opening, (write, known) in zip(self._openings, self._parts, strict=True):
                out += (opening, *write(PieceStream(known), contact, **own))
            return b"".join((*out, self._end))

        return map(one, tokens.stops, tokens.opaques, recipients, values)


FIXED = (STOP, MESSAGE, RECIPIENT, SUBJECT, DATE)


def _head(content: IssueContent, sender: address.Address) -> Frame:
    """The header with its personal places (RFC 5322; 2369, 2919, 3834, 8058)."""
    frame = Frame()
    frame.literal(b"From: " + headers.mailbox(content.sender_name, sender.text, start=6))
    frame.literal(b"\r\nTo: ")
    frame.slot(RECIPIENT)
    frame.literal(b"\r\nSubject: ")
    frame.slot(SUBJECT)
    frame.literal(b"\r\nDate: ")
    frame.slot(DATE)
    frame.literal(b"\r\nMessage-ID: <")
    frame.slot(MESSAGE)
    frame.literal(b"@" + sender.domain.encode() + b">\r\nList-Unsubscribe: <")
    frame.literal(content.track_url.encode() + b"/t/u/")
    frame.slot(STOP)
    if content.inbound_domain:
        frame.literal(b">,\r\n <mailto:u-")
        frame.slot(STOP)
        frame.literal(b"@" + address.parse(f"b@{content.inbound_domain}").domain.encode())
    frame.literal(b">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    frame.literal(_constant_fields(content, sender))
    return frame


def _constant_fields(content: IssueContent, sender: address.Address) -> bytes:
    ids = "-".join(str(list_id) for list_id in sorted(content.list_ids)[:5]) or "0"
    kind = b"test" if content.is_test else b"news"
    fields = [
        b"List-Id: " + headers.list_id(content.list_name, f"l{ids}.a{content.account_id}.{sender.domain}"),
        b"Feedback-ID: i%d:a%d:%b:mailexpert" % (content.issue_id, content.account_id, kind),
        b"Precedence: bulk",
        b"Auto-Submitted: auto-generated",
        b"X-Auto-Response-Suppress: OOF, AutoReply",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/alternative; boundary="%b"' % _boundary(content),
    ]
    if content.reply_to:
        reply = address.parse_sender(content.reply_to)
        fields.insert(0, b"Reply-To: " + headers.mailbox(reply.name, reply.address.text, start=10))
    return b"\r\n".join(fields) + b"\r\n"


def _boundary(content: IssueContent) -> bytes:
    # "=_" can't occur in quoted-printable (RFC 2045, 6.7), so no text can break out of its part.
    return b"=_mailexpert_%d_%d" % (content.account_id, content.issue_id)


def _opening(content: IssueContent, kind: bytes) -> bytes:
    fields = b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable" % kind
    return b"\r\n--" + _boundary(content) + b"\r\n" + fields + b"\r\n\r\n"


def _linked(content: IssueContent, key: bytes, html: str, text: str) -> tuple[str, str]:
    """Put the address of each numbered link in its place; the unsubscribe address stays a slot."""
    targets = list(content.targets)
    if content.tracking != "none":
        targets = list(links.click_addresses(key, content.issue_id, targets, content.track_url))
    if content.counts_opens and content.tracking != "none":
        picture = f"{content.track_url}/t/o/{links.open_token(key, content.issue_id)}.gif"
        html = before_body_end(html, f'<img src="{picture}" width="1" height="1" alt="">')

    def address_of(found: re.Match[str]) -> str:
        number = int(found[1])
        return targets[number] if number < len(targets) else ""

    html = links.PLACEHOLDER.sub(lambda found: escape(address_of(found)), html)
    return html, links.PLACEHOLDER.sub(address_of, text)
