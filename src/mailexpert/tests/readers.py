"""Two parsers that know nothing of us; what each reads in a mail."""

import email
from dataclasses import dataclass
from email.header import decode_header, make_header

import mailparser


@dataclass(frozen=True, kw_only=True)
class Mail:
    subject: str
    message_id: str
    list_unsubscribe: str
    text: str
    html: str


def by_standard_library(raw: bytes) -> tuple[Mail, list[str]]:
    """The mail, and the names of its fields."""
    message = email.message_from_bytes(raw)
    assert message.defects == []
    assert message.get_content_type() == "multipart/alternative"
    parts = message.get_payload()
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in parts} == {"utf-8"}
    text, html = (part.get_payload(decode=True).decode().replace("\r\n", "\n") for part in parts)
    return Mail(
        subject=str(make_header(decode_header(message["Subject"]))),
        message_id=message["Message-ID"],
        list_unsubscribe=" ".join(message["List-Unsubscribe"].split()),
        text=text,
        html=html,
    ), [name.lower() for name in message]


def by_mail_parser(raw: bytes) -> Mail:
    found = mailparser.parse_from_bytes(raw)
    assert not found.has_defects
    return Mail(
        subject=found.subject,
        message_id=found.message_id,
        list_unsubscribe=" ".join(found.headers["List-Unsubscribe"].split()),
        text=found.text_plain[0].replace("\r\n", "\n"),
        html=found.text_html[0].replace("\r\n", "\n"),
    )
