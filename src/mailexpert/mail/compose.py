"""An issue compiled once, a message a person: the way is long at the freeze so that it is short per message.

Everything that is the same for all readers is encoded once into one bytes template with `%b` where something
personal stands. Each personal output is encoded once per distinct value, and a message is one `%` over its
values. What only Liquid can write (loops, conditions) are passages in that same template, written once for all who
have the same fields; the reader sees no difference.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import Any, NamedTuple

from mailexpert.mail import address, headers, links
from mailexpert.mail.conditions import Conditions
from mailexpert.mail.filling import Filling, Kept, Wanted
from mailexpert.mail.footer import before_body_end, with_footer
from mailexpert.mail.frame import DATE, MESSAGE, RECIPIENT, STOP, SUBJECT, Frame
from mailexpert.mail.leaves import Leaves, Piece
from mailexpert.mail.memory import Memory
from mailexpert.mail.outputs import Header, Part, Slow, compile_header, compile_part, normalise
from mailexpert.mail.passages import Passage, Place, SubjectPassage
from mailexpert.mail.personalise import PREFERENCES, UNSUBSCRIBE, RenderProblem, check, fields_used
from mailexpert.mail.piece_stream import Rendered
from mailexpert.mail.tuples import outright

NONE_SHOWN: Mapping[str, str] = {}
SUBJECT_COLUMN = 9  # behind "Subject: "
WEB_ADDRESS = re.compile(r"https?://[!-;=?-~]+[^/]").fullmatch
OFF_THE_WIRE = re.compile(r"[\x00-\x20<>\x7f]").search


@dataclass(frozen=True, kw_only=True)
class IssueContent:
    """A frozen issue as the composer needs it. `html` and `text` hold Liquid and numbered links (links.number);
    `targets` are what the numbers stand for. `track_url` has no slash at its end. `inbound_domain` is where we
    receive mail for this account: bounces and unsubscribes by mail; without one bounces go to the sender's. `follows`:
    the links hold the reader's own token, which stands in the column links.READER_FIELD."""

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
    follows: bool = False
    is_test: bool = False


class Message(NamedTuple):
    """Ready for the wire: `sender` is the return path, `body` has CRLF lines, none begins with a dot; the final
    dot is the transport's. A recipient that is no address (it could slip a command in) is empty: no server
    takes that."""

    sender: bytes
    recipient: bytes
    body: bytes


MESSAGE_OF = outright(Message)


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
        self._addresses = {
            UNSUBSCRIBE: content.track_url + "/t/u/",
            PREFERENCES: content.track_url + "/t/p/",
        }
        html, text = with_footer(content.html, content.text, content.language, content.sender_line)
        html, text = _linked(content, key, normalise(html), normalise(text))
        self.passages: list[Passage] = []
        sources = normalise(content.subject), text, html
        for problem in (found for source in sources for found in check(source) if found.is_error):
            raise RenderProblem(problem.message, problem.line)
        self.columns = fields_used(*sources)
        self._subject = self._compile_subject(sources[0])
        self._subjects = Memory(self._encoded_subject)
        self._conditions = Conditions()
        parts = self._compile_parts(text, html)
        self._outputs = [output for part in parts for output in part.outputs]
        self._kept = Kept(self.passages, list(self._leaves(parts)))
        self._compile_frame(content, sender, parts)

    @property
    def is_fast(self) -> bool:
        """False when Liquid has to write passages of it that are worth another process."""
        return all(passage.is_light for passage in self.passages)

    def compose(
        self,
        contact_ids: Sequence[int],
        emails: Sequence[str],
        values: Sequence[Sequence[Any]],
        now: dt.datetime,
    ) -> Iterator[Message]:
        """Messages in the order of the people, each made when it is asked for. `values` are rows in the order of
        `columns`; None is an empty field. With passages a message may raise personalise.RenderProblem; the next
        one can be asked for all the same."""
        draft = self.draft(contact_ids, emails, values, now)
        draft.fill([self.render(wanted) for wanted in draft.wanted])
        return draft.messages()

    def draft(
        self,
        contact_ids: Sequence[int],
        emails: Sequence[str],
        values: Sequence[Sequence[Any]],
        now: dt.datetime,
    ) -> "Draft":
        """The same messages, once the passages that are `wanted` have been filled in."""
        tokens, count = self._tokens(contact_ids), len(contact_ids)
        rows = zip(*values, strict=True) if count else [()] * len(self.columns)
        columns = dict(zip(self.columns, rows, strict=True)) if self.columns else {}
        recipients = [email.encode("utf-8", "replace") for email in emails]
        if OFF_THE_WIRE("".join(emails)):
            recipients = [b"" if OFF_THE_WIRE(email) else email.encode() for email in emails]
        return Draft(
            template=self._template,
            order=self._order,
            senders=[b"b-" + opaque + self._returns_to for opaque in tokens.opaques],
            recipients=recipients,
            filled=[
                tokens.stops,
                tokens.opaques,
                recipients,
                self._subject_column(columns, count),
                [headers.date(now)] * count,
                *(output.encode(columns[output.field]) for output in self._outputs),
            ],
            filling=self._filling(columns, tokens.stops) if self.passages else None,
        )

    def _filling(self, columns: Mapping[str, Sequence[Any]], stops: Sequence[bytes]) -> Filling:
        is_shown = any(passage.shows_token for passage in self.passages)
        tokens = [stop.decode() for stop in stops] if is_shown else []
        decided = self._conditions.columns(columns)
        return Filling(self._kept, columns, decided, tokens, len(stops), self.render)

    def render(self, wanted: Wanted) -> Rendered | RenderProblem:
        """A passage for whoever has these fields. Never raises."""
        passage = self.passages[wanted.passage]
        fields = self.columns if passage.fields is None else passage.fields
        shown = self._addresses if passage.shows_token else NONE_SHOWN
        own = {name: address + wanted.token for name, address in shown.items()}
        try:
            return passage.render(dict(zip(fields, wanted.values, strict=True)), own)
        except RenderProblem as problem:
            return problem

    # ── once ──

    def _compile_subject(self, source: str) -> Header | Place:
        try:
            return compile_header(source)
        except Slow:
            self.passages.append(SubjectPassage(source, _subject_line))
            return Place(0, 0)

    def _compile_parts(self, text: str, html: str) -> list[Part]:
        parts = []
        for source, is_html in ((text, False), (html, True)):
            part = compile_part(
                source,
                html=is_html,
                addresses=self._addresses,
                conditions=self._conditions,
                passages=len(self.passages),
            )
            self.passages += part.passages
            parts.append(part)
        return parts

    def _leaves(self, parts: Sequence[Part]) -> Iterator[Leaves]:
        """Of each passage, with the numbers of columns for those of outputs."""
        if isinstance(self._subject, Place):
            yield []
        before = len(FIXED)
        for part in parts:
            leaves: Leaves = [tuple(_column(piece, before) for piece in leaf) for leaf in part.leaves]
            yield from [leaves] * len(part.passages)
            before += len(part.outputs)

    def _compile_frame(self, content: IssueContent, sender: address.Address, parts: Sequence[Part]) -> None:
        """The bytes template, and for each `%b` in it the number of the column that fills it: the fixed ones, the
        outputs, the passages place by place."""
        starts = list(accumulate((passage.places for passage in self.passages), initial=0))
        before, outputs = len(FIXED), len(self._outputs)

        def column(place: Place) -> int:
            return len(FIXED) + outputs + starts[place.passage] + place.number

        frame = Frame()
        frame.add(_head(content, sender))
        for part, kind in zip(parts, (b"plain", b"html"), strict=True):
            frame.literal(_opening(content, kind))
            for piece in part.pieces:
                match piece:
                    case bytes():
                        frame.literal(piece)
                    case None:
                        frame.slot(STOP)
                    case Place():
                        frame.slot(column(piece))
                    case _:
                        frame.slot(before + piece)
            before += len(part.outputs)
        frame.literal(b"\r\n--" + _boundary(content) + b"--\r\n")
        self._template = frame.template
        self._order = frame.order
        if isinstance(self._subject, Place):
            subject = column(self._subject)
            self._order = [subject if number == SUBJECT else number for number in frame.order]

    # ── for each window ──

    def _subject_column(self, columns: Mapping[str, Sequence[Any]], count: int) -> list[bytes]:
        if isinstance(self._subject, Place):
            return []  # a passage's column stands there
        fields = [columns[output.field] for output in self._subject.outputs]
        if not fields:
            return [self._encoded_subject(())] * count
        return self._subjects.column(list(zip(*fields, strict=True)))

    def _encoded_subject(self, row: tuple[Any, ...]) -> bytes:
        assert isinstance(self._subject, Header)
        return _subject_line(self._subject.plain(row))


class Draft:
    """The messages of some people, of which Liquid may still have to write passages."""

    def __init__(
        self,
        *,
        template: bytes,
        order: Sequence[int],
        senders: list[bytes],
        recipients: list[bytes],
        filled: Sequence[Sequence[bytes]],
        filling: Filling | None,
    ) -> None:
        self._template, self._order = template, order
        self._senders, self._recipients = senders, recipients
        self._filled, self._filling = filled, filling

    @property
    def size(self) -> int:
        return len(self._recipients)

    @property
    def may_fail(self) -> bool:
        """Whether one of its messages may not be made."""
        return self._filling is not None

    @property
    def wanted(self) -> list[Wanted]:
        return self._filling.wanted if self._filling else []

    def fill(self, rendered: Sequence[Rendered | RenderProblem]) -> None:
        """With the passages that are wanted, in their order."""
        if self._filling:
            self._filling.fill(rendered)

    def messages(self) -> Iterator[Message]:
        """Each made when it is asked for; raises RenderProblem for one of which a passage could not be made."""
        filled: list[Sequence[Any]] = [*self._filled]
        if self._filling:
            filled += self._filling.columns(self._filled)
        if not self._recipients:
            return iter(())
        bodies = map(self._template.__mod__, zip(*[filled[number] for number in self._order], strict=True))
        return map(MESSAGE_OF, zip(self._senders, self._recipients, bodies, strict=True))


FIXED = (STOP, MESSAGE, RECIPIENT, SUBJECT, DATE)


def _column(piece: Piece, before: int) -> bytes | int:
    """A leaf's piece, with the number of its column among all."""
    return STOP if piece is None else piece + before if isinstance(piece, int) else piece


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


def _subject_line(text: str) -> bytes:
    return headers.unstructured(text, start=SUBJECT_COLUMN)


def _boundary(content: IssueContent) -> bytes:
    # "=_" can't occur in quoted-printable (RFC 2045, 6.7), so no text can break out of its part.
    return b"=_mailexpert_%d_%d" % (content.account_id, content.issue_id)


def _opening(content: IssueContent, kind: bytes) -> bytes:
    fields = b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable" % kind
    return b"\r\n--" + _boundary(content) + b"\r\n" + fields + b"\r\n\r\n"


def _linked(content: IssueContent, key: bytes, html: str, text: str) -> tuple[str, str]:
    """Put the address of each numbered link in its place; the unsubscribe address stays a slot."""
    targets: Sequence[str] = content.targets
    if content.tracking != "none":
        addresses = _addresses(content, key)
        targets = addresses.links
        html = before_body_end(html, _unseen(content, addresses))

    def address_of(found: re.Match[str]) -> str:
        number = int(found[1])
        return targets[number] if number < len(targets) else ""

    html = links.PLACEHOLDER.sub(lambda found: escape(address_of(found)), html)
    return html, links.PLACEHOLDER.sub(address_of, text)


def _addresses(content: IssueContent, key: bytes) -> links.Addresses:
    if content.follows:
        return links.of_reader(len(content.targets), content.track_url)
    return links.same_for_all(key, content.issue_id, len(content.targets), content.track_url)


def _unseen(content: IssueContent, addresses: links.Addresses) -> str:
    """A link that no reader meets, by eye, ear or keyboard, so that whoever follows it is a program; and the picture
    that counts opens, where the account wants it."""
    hidden = (
        f'<a href="{addresses.hidden}" style="{links.HIDDEN_STYLE}" tabindex="-1" aria-hidden="true"></a>'
    )
    picture = f'<img src="{addresses.picture}" width="1" height="1" alt="">'
    return (hidden if content.targets else "") + (picture if content.counts_opens else "")
