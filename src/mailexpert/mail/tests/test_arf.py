"""What is read in feedback reports, and that nothing else is; from providers, gateways, forgers and a fuzzer."""

import base64
import datetime as dt
import email
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail import arf, links, verp
from mailexpert.mail.compose import Composer, IssueContent

KEY, FORGERS = b"k" * 32, b"f" * 32
NOW = dt.datetime(2026, 11, 29, 9, 30, tzinfo=dt.UTC)
ABOUT = links.Stop(41, 7_001)
STOP = links.stop_token(KEY, 41, 7_001)
OPAQUE = links.return_token(KEY, 41, 7_001)

LIST_UNSUBSCRIBE = (
    f"List-Unsubscribe: <https://track.example/t/u/{STOP}>,\n <mailto:u-{STOP}@mx-abc.winkel.example>"
)
MESSAGE_ID = f"Message-ID: <{OPAQUE}@winkel.example>"
RETURN_PATH = f"Return-Path: <{verp.return_path(KEY, 41, 7_001, 'mx-abc.winkel.example')}>"
REDACTED = "To: redacted-c0ffee@postvak.example"
PLAIN = "From: Winkel <info@winkel.example>\nSubject: Tulpen\nFeedback-ID: i41:a3:news:mailexpert"


def mail(
    *returned: str, kind: str = "abuse", said: str = "", body: str = "Hallo", copy: str = "message/rfc822"
) -> bytes:
    """A report as RFC 5965 draws it; `returned`: header fields of the mail that it returns."""
    text = f"""From: <feedback@arf.postvak.example>
To: <f-x@mx-abc.winkel.example>
Subject: FW: Tulpen
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
 boundary="part1_13d"

--part1_13d
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1_13d
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{said}
--part1_13d
Content-Type: {copy}

{chr(10).join([PLAIN, *returned])}

{body}
--part1_13d--
"""
    return text.replace("\n", "\r\n").encode()


def about(raw: bytes) -> links.Stop | None:
    report = arf.read(KEY, raw)
    assert report is not None
    assert report.is_complaint
    return report.about


@pytest.mark.parametrize(
    "returned",
    [
        (REDACTED, LIST_UNSUBSCRIBE, MESSAGE_ID, RETURN_PATH),
        (REDACTED, LIST_UNSUBSCRIBE),
        (REDACTED, MESSAGE_ID),
        (REDACTED, MESSAGE_ID.upper()),
        (REDACTED, RETURN_PATH),
        (REDACTED, "List-Unsubscribe: <mailto:redacted@x.example>", MESSAGE_ID),
    ],
)
def test_one_token_of_ours_that_was_left_says_whose_mail_it_was(returned: tuple[str, ...]) -> None:
    assert about(mail(*returned)) == ABOUT


@pytest.mark.parametrize("left", ["List-Unsubscribe", "Message-ID", "Return-Path"])
def test_a_mail_that_we_composed_is_known_again_by_whichever_trace_was_left(left: str) -> None:
    content = IssueContent(
        issue_id=41, account_id=3, sender_name="Winkel", sender_address="nieuws@winkel.example", subject="Tulpen",
        html="<p>Dag</p>", text="Dag", track_url="https://track.example", inbound_domain="mx-abc.winkel.example",
    )  # fmt: skip
    [made] = Composer(content, KEY).compose([7_001], ["jan@voorbeeld.example"], [()], NOW)
    headers = email.message_from_bytes(made.body)
    traces = {name: headers[name] for name in ("List-Unsubscribe", "Message-ID")}
    traces["Return-Path"] = f"<{made.sender.decode()}>"
    assert about(mail(REDACTED, f"{left}: {traces[left]}".replace("\r\n", "\n"))) == ABOUT


def test_the_header_alone_is_enough() -> None:
    assert about(mail(LIST_UNSUBSCRIBE, copy="text/rfc822-headers", body="")) == ABOUT
    assert about(mail(LIST_UNSUBSCRIBE).replace(b"\r\n", b"\n")) == ABOUT


def test_the_report_itself_may_name_our_return_path() -> None:
    path = verp.return_path(KEY, 41, 7_001, "mx-abc.winkel.example")
    assert about(mail(REDACTED, said=f"Original-Mail-From: <{path}>\n")) == ABOUT


@pytest.mark.parametrize("coding", ["base64", "quoted-printable"])
def test_a_copy_that_a_gateway_encoded_is_read(coding: str) -> None:
    returned = "\n".join([PLAIN, LIST_UNSUBSCRIBE]).encode()
    coded = base64.encodebytes(returned) if coding == "base64" else returned.replace(b"=", b"=3D")
    head = f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: {coding}\r\n\r\n".encode()
    before, _copy, _after = mail(copy="message/rfc822").partition(b"Content-Type: message/rfc822")
    assert about(before + head + coded + b"\r\n--part1_13d--\r\n") == ABOUT


def test_a_report_that_was_wrapped_or_sent_on_is_read() -> None:
    report = mail(LIST_UNSUBSCRIBE)
    head, _blank, body = report.partition(b"\r\n\r\n")
    kind = head[head.index(b"Content-Type") :]
    outer = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n"
    wrapped = outer + kind + b"\r\n\r\n" + body + b"\r\n--outer\r\n\r\nScanned.\r\n--outer--\r\n"
    sent_on = outer + b"Content-Type: message/rfc822\r\n\r\n" + report + b"\r\n--outer--\r\n"
    assert about(wrapped) == ABOUT
    assert about(sent_on) == ABOUT


@pytest.mark.parametrize(
    "returned",
    [
        (),
        (REDACTED, f"X-Note: /t/u/{STOP}"),
        (f"Subject: u-{STOP}@x.example",),
        (f"List-Unsubscribe: <https://t.example/t/u/{links.stop_token(FORGERS, 41, 7_001)}>",),
        (f"List-Unsubscribe: <https://t.example/t/u/{links.reader_token(KEY, 41, 7_001)}>",),
        (f"List-Unsubscribe: <https://t.example/t/u/{STOP}x>",),
        (f"Message-ID: <{links.return_token(FORGERS, 41, 7_001)}@winkel.example>",),
    ],
)
def test_without_a_token_of_ours_in_its_place_it_is_about_nobody(returned: tuple[str, ...]) -> None:
    assert about(mail(*returned, body=f"https://track.example/t/u/{STOP} u-{STOP}@x.example")) is None


def test_an_address_in_the_report_says_nothing() -> None:
    said = "Original-Rcpt-To: <jan@voorbeeld.example>\nOriginal-Mail-From: <jan@voorbeeld.example>\n"
    assert about(mail("To: jan@voorbeeld.example", said=said)) is None


def test_two_mails_in_one_report_are_about_nobody() -> None:
    other = f"Message-ID: <{links.return_token(KEY, 41, 7_002)}@winkel.example>"
    assert about(mail(LIST_UNSUBSCRIBE, other)) is None


@pytest.mark.parametrize("kind", ["fraud", "virus", "not-spam", "auth-failure", "dmarc", "other", ""])
def test_other_reports_are_no_complaint(kind: str) -> None:
    report = arf.read(KEY, mail(LIST_UNSUBSCRIBE, kind=kind))
    assert report is not None
    assert (report.kind, report.is_complaint) == (kind, False)


def test_the_type_is_read_whatever_its_case() -> None:
    assert about(mail(LIST_UNSUBSCRIBE, kind="Abuse")) == ABOUT
    shouted = mail(LIST_UNSUBSCRIBE).replace(b"message/feedback-report", b"Message/Feedback-Report")
    assert about(shouted) == ABOUT


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"Subject: hallo\r\n\r\nFeedback-Type: abuse\r\n",
        b"Content-Type: multipart/report\r\n\r\n--x\r\n",
        f"Subject: x\r\n{LIST_UNSUBSCRIBE}\r\n\r\n".encode(),
        mail(LIST_UNSUBSCRIBE).replace(b"message/feedback-report", b"text/plain"),
    ],
)
def test_other_mail_is_no_report(raw: bytes) -> None:
    assert arf.read(KEY, raw) is None


def nested(depth: int) -> bytes:
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)
    )


@pytest.mark.parametrize(
    "raw",
    [
        nested(20_000),
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n' + b"--b\r\n\r\n" * 130_000,
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n' + b"\n--bb" * 200_000,
        b"A:" + b"\r\n " * 340_000,
        b"Content-Type: multipart/x;" + b" boundary=" * 100_000,
        mail(*[f"List-Unsubscribe: </t/u/{links.stop_token(FORGERS, 41, n)}>" for n in range(9_000)]),
        b"\r\n".join([b"x" * 76] * 13_000),
        mail(LIST_UNSUBSCRIBE, body="--part1_13d" * 90_000),
    ],
    ids=["nested", "parts", "near boundaries", "folds", "no boundary", "tokens", "text", "in a line"],
)
def test_a_megabyte_made_to_be_slow_is_read_in_no_time(raw: bytes) -> None:
    began = time.process_time()
    arf.read(KEY, raw[: 1 << 20])
    assert time.process_time() - began < 1


@given(st.binary(max_size=4_000))
def test_nothing_makes_it_raise(raw: bytes) -> None:
    assert arf.read(KEY, raw) is None or b"feedback" in raw.lower()


@given(st.data())
def test_a_report_that_was_cut_and_mangled_is_about_this_mail_or_none(data: st.DataObject) -> None:
    raw = bytearray(mail(LIST_UNSUBSCRIBE, MESSAGE_ID, RETURN_PATH))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        upto = at + data.draw(st.integers(0, 60))
        raw[at:upto] = data.draw(st.binary(max_size=60)) or b"-"
    report = arf.read(KEY, bytes(raw))
    assert report is None or report.about in (ABOUT, None)
