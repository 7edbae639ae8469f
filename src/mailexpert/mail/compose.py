"""An issue compiled once, a message a person: the way is long at the freeze so that it is short per message.

Everything that is the same for all readers is encoded once into one bytes template with `%b` where something personal
stands. For a shard each personal output is encoded once per distinct value, and a message is one `%` over its values:
9 to 13 µs. A template with loops or conditions goes through Liquid person by person; the reader sees no difference.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import repeat
from typing import Any, NamedTuple

from mailexpert.mail import address, headers, links, quoted
from mailexpert.mail.footer import with_footer
from mailexpert.mail.outputs import Output, Part, Slow, compile_part, normalise, value_of
from mailexpert.mail.personalise import fields_used, renderer

MOST_REMEMBERED = 20_000  # values per output; a column of random codes must not fill the memory


@dataclass(frozen=True, kw_only=True)
class IssueContent:
    """A frozen issue as the composer needs it. `html` and `text` hold Liquid and numbered links (links.number);
    `targets` are what the numbers stand for. `track_url` has no slash at its end."""

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
    counts_opens: bool = False
    is_test: bool = False


class Message(NamedTuple):
    """Ready for the wire: `body` has CRLF lines, none begins with a dot; the final dot is the transport's."""

    sender: bytes
    recipient: bytes
    body: bytes


class Composer:
    """`columns`: names of the contact's fields that `compose` wants values of, in this order."""

    def __init__(self, content: IssueContent, key: bytes) -> None:
        self.content = content
        self._tokens = links.person_tokens(key, content.issue_id)
        self._domain = address.parse(content.sender_address).domain.encode()
        html, text = with_footer(content.html, content.text, content.language, content.sender_line)
        self._html, self._text, self._subject = normalise(html), normalise(text), normalise(content.subject)
        self._html, self._text = _linked(content, key, self._html, self._text)
        try:
            self._compile_fast()
        except Slow:
            self._compile_slow()

    @property
    def is_fast(self) -> bool:
        """False when the template makes every person go through Liquid."""
        return self._template is not None

    def compose(
        self, contact_ids: Sequence[int], emails: Sequence[str], values: Sequence[Sequence[Any]], now: dt.datetime
    ) -> Iterator[Message]:
        """Messages in the order of the people, each made when it is asked for. `values` are rows in the order of
        `columns`; None is an empty field. Raises personalise.RenderProblem on the slow way."""
        tokens = [self._tokens(contact) for contact in contact_ids]
        senders = [b"b-%b@%b" % (bounce, self._domain) for _stop, _message, bounce in tokens]
        recipients = [email.encode() for email in emails]
        date = headers.date(now)
        columns = list(zip(*values, strict=True)) if values and self.columns else []
        if self._template is None:
            bodies = self._slow(tokens, recipients, values, date)
        else:
            bodies = self._fast(tokens, recipients, columns, date)
        return map(Message, senders, recipients, bodies)

    # ── fast ──

    def _compile_fast(self) -> None:
        stop = self.content.track_url + "/t/u/"
        text = compile_part(self._text, html=False, stop_address=stop)
        html = compile_part(self._html, html=True, stop_address=stop)
        subject = compile_part(self._subject, html=False, as_header=True)
        outputs = [*subject.outputs, *text.outputs, *html.outputs]
        self.columns = tuple(dict.fromkeys(output.field for output in outputs))
        self._outputs: list[Output] = [*text.outputs, *html.outputs]
        self._subject_part = subject
        self._subjects: dict[tuple[Any, ...], bytes] = {}
        self._template, self._order = self._layout(text, html)

    def _layout(self, text: Part, html: Part) -> tuple[bytes, list[int]]:
        """The bytes template, and for each `%b` in it the number of the column that fills it."""
        frame = _Frame()
        self._head(frame)
        before = len(FIXED)
        for part, opening in ((text, self._text_opening), (html, self._html_opening)):
            frame.literal(opening)
            for item in part.pieces:
                if isinstance(item, bytes):
                    frame.literal(item)
                else:
                    frame.slot(STOP if item is None else before + item)
            before += len(part.outputs)
        frame.literal(self._end)
        return b"".join(frame.pieces), frame.order

    def _fast(
        self, tokens: list[tuple[bytes, bytes, bytes]], recipients: list[bytes], columns: list[Any], date: bytes
    ) -> Iterator[bytes]:
        by_name = dict(zip(self.columns, columns, strict=True)) if columns else {}
        filled: list[Any] = [
            [stop for stop, _message, _bounce in tokens],
            [message for _stop, message, _bounce in tokens],
            recipients,
            self._encoded_subjects(by_name, len(tokens)),
            repeat(date, len(tokens)),
        ]
        filled += [output.encode(by_name[output.field], MOST_REMEMBERED) for output in self._outputs]
        assert self._template is not None
        uses = [list(filled[n]) if n == DATE else filled[n] for n in self._order]
        return map(self._template.__mod__, zip(*uses, strict=True))

    def _encoded_subjects(self, by_name: dict[str, Any], count: int) -> list[bytes]:
        part, known = self._subject_part, self._subjects
        if not part.outputs:
            return [headers.unstructured(part.plain([]), start=9)] * count
        if len(known) > MOST_REMEMBERED:
            known.clear()
        rows = list(zip(*[[value_of(v) for v in by_name[o.field]] for o in part.outputs], strict=True))
        keyed = [tuple((type(v), v) for v in row) for row in rows]
        for key, row in dict(zip(keyed, rows, strict=True)).items():
            if key not in known:
                known[key] = headers.unstructured(part.plain(row), start=9)
        return [known[key] for key in keyed]

    # ── slow ──

    def _compile_slow(self) -> None:
        self._template = None
        self._renderers = (
            renderer(self._subject, html=False),
            renderer(self._text, html=False),
            renderer(self._html, html=True),
        )
        self.columns = fields_used(self._subject, self._text, self._html)

    def _slow(
        self, tokens: list[tuple[bytes, bytes, bytes]], recipients: list[bytes], values: Any, date: bytes
    ) -> Iterator[bytes]:
        subject_of, text_of, html_of = self._renderers
        stop_address = self.content.track_url + "/t/u/"
        for (stop, message, _bounce), recipient, row in zip(tokens, recipients, values, strict=True):
            contact = dict(zip(self.columns, map(value_of, row), strict=True))
            special = {"unsubscribe_url": stop_address + stop.decode()}
            frame = _Frame()
            self._head(frame)
            subject = headers.unstructured(subject_of(contact, **special), start=9)
            head = b"".join(frame.pieces) % tuple(
                (stop, message, recipient, subject, date)[n] for n in frame.order
            )
            yield b"".join(
                (
                    head,
                    self._text_opening,
                    quoted.whole(normalise(text_of(contact, **special))),
                    self._html_opening,
                    quoted.whole(normalise(html_of(contact, **special))),
                    self._end,
                )
            )

    # ── what both share ──

    def _head(self, frame: "_Frame") -> None:
        """Every field but the personal ones stands in the template (RFC 5322; 2369, 2919, 3834, 8058)."""
        c, track = self.content, self.content.track_url.encode()
        frame.literal(b"From: " + headers.mailbox(c.sender_name, c.sender_address, start=6) + b"\r\nTo: ")
        frame.slot(RECIPIENT)
        frame.literal(b"\r\nSubject: ")
        frame.slot(SUBJECT)
        frame.literal(b"\r\nDate: ")
        frame.slot(DATE)
        frame.literal(b"\r\nMessage-ID: <")
        frame.slot(MESSAGE)
        frame.literal(b"@" + self._domain + b">\r\n")
        if c.reply_to:
            reply = address.parse_sender(c.reply_to)
            frame.literal(b"Reply-To: " + headers.mailbox(reply.name, reply.address.text, start=10) + b"\r\n")
        frame.literal(b"List-Unsubscribe: <" + track + b"/t/u/")
        frame.slot(STOP)
        frame.literal(b">,\r\n <mailto:u-")
        frame.slot(STOP)
        frame.literal(b"@" + self._domain + b">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        frame.literal(self._constant_fields())

    def _constant_fields(self) -> bytes:
        c = self.content
        lists = "-".join(str(list_id) for list_id in c.list_ids[:5]) or "0"
        identifier = f"l{lists}.a{c.account_id}.{self._domain.decode()}"
        fields = [
            b"List-Id: " + headers.list_id(c.list_name, identifier),
            b"Feedback-ID: i%d:a%d:%s:mailexpert" % (c.issue_id, c.account_id, b"test" if c.is_test else b"news"),
            b"Precedence: bulk",
            b"Auto-Submitted: auto-generated",
            b"X-Auto-Response-Suppress: OOF, AutoReply",
            b"MIME-Version: 1.0",
            b'Content-Type: multipart/alternative; boundary="%b"' % self._boundary,
        ]
        return b"\r\n".join(fields) + b"\r\n"

    @property
    def _boundary(self) -> bytes:
        # "=_" can't occur in quoted-printable (RFC 2045, 6.7), so no text can break out of its part.
        return b"=_mailexpert_%d_%d" % (self.content.account_id, self.content.issue_id)

    @property
    def _text_opening(self) -> bytes:
        return b"\r\n--" + self._boundary + b"\r\n" + PART % b"plain"

    @property
    def _html_opening(self) -> bytes:
        return b"\r\n--" + self._boundary + b"\r\n" + PART % b"html"

    @property
    def _end(self) -> bytes:
        return b"\r\n--" + self._boundary + b"--\r\n"


PART = (
    b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
)
FIXED = STOP, MESSAGE, RECIPIENT, SUBJECT, DATE = range(5)


class _Frame:
    """The template under construction."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.order: list[int] = []

    def literal(self, text: bytes) -> None:
        self.pieces.append(text.replace(b"%", b"%%"))

    def slot(self, number: int) -> None:
        self.pieces.append(b"%b")
        self.order.append(number)


def _linked(content: IssueContent, key: bytes, html: str, text: str) -> tuple[str, str]:
    """Put the address of each numbered link in its place; the unsubscribe address stays a slot."""
    if content.tracking == "none":
        addresses = list(content.targets)
    else:
        addresses = list(links.click_addresses(key, content.issue_id, content.targets, content.track_url))
    if content.counts_opens:
        picture = f"{content.track_url}/t/o/{links.open_token(key, content.issue_id)}.gif"
        html = _before_body_end(html, f'<img src="{picture}" width="1" height="1" alt="">')
    html = links.PLACEHOLDER.sub(lambda found: escape(addresses[int(found[1])]), html)
    text = links.PLACEHOLDER.sub(lambda found: addresses[int(found[1])], text)
    return html, text


def _before_body_end(html: str, what: str) -> str:
    head, end, tail = html.rpartition("</body>")
    return head + what + end + tail if end else html + what
