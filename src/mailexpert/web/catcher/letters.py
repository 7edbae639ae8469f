"""What a caught mail says, read as a mail program would; a broken one shows what there is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from typing import cast

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'])")
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
NEW_TAB = '<base target="_blank">'
BROKEN = (MessageError, LookupError, ValueError, AttributeError, TypeError)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    number: int
    name: str
    kind: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, kw_only=True)
class Letter:
    html: str
    text: str
    headers: list[tuple[str, str]]
    attachments: list[Attachment]


def read(raw: bytes) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    return Letter(
        html=_body(message, "html"),
        text=_body(message, "plain"),
        headers=_headers(message),
        attachments=list(_attachments(message)),
    )


def for_frame(html: str) -> str:
    """The mail's own HTML; its links open beside the page."""
    found = HEAD.search(html)
    at = found.end() if found else 0
    return html[:at] + NEW_TAB + html[at:]


def with_links(text: str) -> SafeString:
    """A text part with its addresses as links, as mail programs show it."""
    pieces = ADDRESS.split(text)
    return format_html_join(
        "",
        "{}",
        ((_link(piece) if n % 2 else piece,) for n, piece in enumerate(pieces)),
    )


def _link(address: str) -> SafeString:
    return format_html('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>', address)


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        return _text_of(cast(EmailMessage, part)) if part is not None else ""
    except BROKEN:
        return ""


def _text_of(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except BROKEN:  # an unknown charset, say
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _headers(message: EmailMessage) -> list[tuple[str, str]]:
    """In the order of the mail, unfolded, encoded words read."""
    found = []
    for name, raw in message.raw_items():
        try:
            value = str(message.policy.header_fetch_parse(name, raw))
        except (*BROKEN, IndexError):
            value = str(raw)
        found.append((name, value.replace("\r", "").replace("\n", "")))
    return found


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    try:
        parts = [part for part in message.walk() if not part.is_multipart()]
    except BROKEN:
        return
    for number, part in enumerate(parts):
        is_body = part.get_content_type() in ("text/plain", "text/html") and not part.get_filename()
        content = part.get_payload(decode=True)
        if not is_body and isinstance(content, bytes):
            name = part.get_filename() or part.get_content_type()
            yield Attachment(number=number, name=name, kind=part.get_content_type(), content=content)
