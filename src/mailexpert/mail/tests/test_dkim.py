"""Signatures, judged by two verifiers that are not ours."""

import datetime as dt
import re
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from dkim.canonicalization import Relaxed
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailexpert.mail import dkim, links
from mailexpert.mail.compose import Composer, IssueContent
from mailexpert.mail.tests.verifiers import OPENDKIM, by_dkimpy, by_opendkim

KEYS = [dkim.load_key(dkim.make_key(kind), f"{kind}1") for kind in (dkim.RSA, dkim.ED25519)]
RECORDS = {
    f"{key.selector}._domainkey.winkel.example": dkim.record(key.algorithm, key.public) for key in KEYS
}
SIGNER = dkim.Signer("winkel.example", KEYS)
MOMENT = int(time.time())
PLAIN = b"From: a@winkel.example\r\nTo: b@voorbeeld.example\r\nSubject: Dag\r\n\r\nHallo\r\n"


def composed(html: str = "<p>Dag {{ contact.first_name }}</p>", name: str = "Zoë  van der Bérg") -> bytes:
    numbered = links.number(
        html + '<a href="https://winkel.example/?a=1&amp;b=2">kijk</a>', "Dag,\n\n  kijk\t!"
    )
    content = IssueContent(
        issue_id=7,
        account_id=3,
        sender_name="Winkel de Vries én Zonen, voor al uw lange namen die een regel te vol maken",
        sender_address="nieuws@winkel.example",
        reply_to="Klantenservice <klanten@winkel.example>",
        subject="Hallo {{ contact.first_name }}, het aanbod van deze week is bijzonder en deze regel is lang",
        html=numbered.html,
        text=numbered.text,
        targets=numbered.targets,
        list_ids=[4],
        sender_line="Winkel de Vries, Marktstraat 1, Utrecht",
        inbound_domain="mx-abc.winkel.example",
        track_url="https://t.winkel.example",
    )
    composer = Composer(content, b"k" * 32)
    moment = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)
    return next(composer.compose([5], ["bram@voorbeeld.example"], [(name,)], moment)).body


def test_dkimpy_verifies_both_signatures() -> None:
    signed = SIGNER.sign(composed(), MOMENT)
    assert signed.count(b"DKIM-Signature:") == 2
    assert by_dkimpy(signed, RECORDS) == [True, True]


@pytest.mark.skipif(OPENDKIM is None, reason="OpenDKIM is not installed")
def test_opendkim_verifies_both_signatures(tmp_path: Path) -> None:
    signed = SIGNER.sign(composed(), MOMENT)
    assert by_opendkim(signed, RECORDS, tmp_path) == {"rsa1": "pass", "ed255191": "pass"}
    changed = signed.replace(b"To: bram", b"To: brom")
    assert by_opendkim(changed, RECORDS, tmp_path) == {"rsa1": "fail", "ed255191": "fail"}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
def test_each_signature_stands_alone(key: dkim.SigningKey, tmp_path: Path) -> None:
    signed = dkim.Signer("winkel.example", [key]).sign(composed(), MOMENT)
    assert by_dkimpy(signed, RECORDS) == [True]
    if OPENDKIM:
        assert by_opendkim(signed, RECORDS, tmp_path) == {key.selector: "pass"}


@pytest.mark.parametrize(
    "name",
    ["From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post",
     "MIME-Version", "Content-Type", "Content-Transfer-Encoding"],
)  # fmt: skip
def test_a_field_added_on_the_way_breaks_the_signatures(name: str) -> None:
    signed = SIGNER.sign(composed(), MOMENT)
    head, _end, body = signed.partition(b"\r\n\r\n")
    for forged in (f"{name}: x\r\n".encode() + signed, head + f"\r\n{name}: x\r\n\r\n".encode() + body):
        assert by_dkimpy(forged, RECORDS) == [False, False]


@pytest.mark.parametrize(
    "name",
    [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Reply-To", b"List-Unsubscribe",
     b"List-Unsubscribe-Post", b"List-Id", b"Feedback-ID", b"Auto-Submitted", b"MIME-Version", b"Content-Type"],
)  # fmt: skip
def test_a_changed_field_breaks_the_signatures(name: bytes) -> None:
    signed = SIGNER.sign(composed(), MOMENT)
    changed = re.sub(rb"(?m)^" + name + rb": (.)", name + rb": q\1", signed, count=1)
    assert changed != signed
    assert by_dkimpy(changed, RECORDS) == [False, False]


def test_no_byte_of_the_body_can_be_changed_or_added() -> None:
    signed = SIGNER.sign(composed(), MOMENT)
    assert by_dkimpy(signed.replace(b"Marktstraat 1", b"Marktstraat 2"), RECORDS) == [False, False]
    assert by_dkimpy(signed + b"<p>nog iets</p>\r\n", RECORDS) == [False, False]
    assert b"; l=" not in signed


def test_what_our_composer_makes_is_canonical_as_it_stands() -> None:
    body = composed("<table>\n\t<tr>\n\t\t<td>  {{ contact.first_name }} \t </td></tr></table>")
    body = body.partition(b"\r\n\r\n")[2]
    assert dkim.relaxed_body(body) is body


def test_lines_of_a_signature_are_short() -> None:
    head = SIGNER.sign(composed(), MOMENT).partition(b"\r\nFrom:")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 90


def test_a_key_that_is_too_short_or_of_another_kind_is_refused() -> None:
    for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())):
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with pytest.raises(dkim.KeyProblem):
            dkim.load_key(text.decode(), "s")
    with pytest.raises(dkim.KeyProblem):
        dkim.load_key("geen sleutel", "s")
    with pytest.raises(dkim.KeyProblem):
        dkim.Signer("winkel.example", [])


PIECES = st.lists(st.sampled_from([b"\r\n", b" ", b"\t", b"a", b"=20", b".", "é".encode()]), max_size=40)


@given(PIECES.map(b"".join))
@example(b"a \t b\r\n \r\n\r\n")
def test_bodies_become_canonical_as_dkimpy_says(drawn: bytes) -> None:
    body = b"x" + drawn + b"\r\n"
    assert dkim.relaxed_body(body) == Relaxed.canonicalize_body(body)


@given(
    st.text("ABcd-", min_size=1, max_size=12),
    st.lists(st.sampled_from([" ", "\t", "\r\n ", "\r\n\t", "a", ":", "é", ";"]), max_size=30),
)
def test_fields_become_canonical_as_dkimpy_says(name: str, pieces: list[str]) -> None:
    value = "".join(pieces).encode()
    fields = dkim.unfolded(name.encode() + b": " + value)
    expected = Relaxed.canonicalize_headers([(name.encode(), b" " + value + b"\r\n")])
    assert dkim.relaxed_field(fields[0]) == b":".join(expected[0])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["a", " ", "\t", "é", ".", "=", "\n", "<b>"]), max_size=80).map("".join))
def test_whatever_stands_in_a_mail_its_signatures_hold(words: str) -> None:
    signed = SIGNER.sign(composed(f"<p>{words}</p>", name=words[:40] or "x"), MOMENT)
    assert by_dkimpy(signed, RECORDS) == [True, True]


def test_records_are_read_as_they_are_published() -> None:
    text = dkim.record("rsa", KEYS[0].public)
    tags = dkim.read_record(text.replace("p=", "p= ").replace(";", " ;\t"))
    assert tags is not None
    assert dkim.same_key(tags["p"], KEYS[0].public)
    assert not dkim.same_key(tags["p"], KEYS[1].public)
    assert not dkim.same_key("%%%", KEYS[1].public)


@pytest.mark.parametrize(
    "text", ["", "v=spf1 -all", "k=rsa; v=DKIM1; p=x", "v=DKIM2; p=x", "p=x; p=y", "zomaar"]
)
def test_a_text_that_is_no_key_record_is_none(text: str) -> None:
    assert dkim.read_record(text) is None
