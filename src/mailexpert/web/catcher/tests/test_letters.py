from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from mailexpert.web.catcher import letters


def a_mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Café"
    mail["From"] = "Winkel <info@winkel.example>"
    mail.set_content("Dag Jan, kijk op https://winkel.example/a?b=1&c=2.\n")
    mail.add_alternative(
        "<html><head><title>x</title></head><body><p>Dag ✿</p></body></html>", subtype="html"
    )
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="bon.pdf")
    return mail.as_bytes()


def test_both_parts_the_fields_and_the_attachments_are_found() -> None:
    letter = letters.read(a_mail())
    assert "Dag ✿" in letter.html
    assert letter.text.startswith("Dag Jan")
    assert ("Subject", "Café") in letter.headers
    assert [(a.name, a.kind, a.content) for a in letter.attachments] == [
        ("bon.pdf", "application/pdf", b"%PDF")
    ]


def test_links_of_the_html_open_in_a_new_tab() -> None:
    assert letters.for_frame("<html><HEAD lang=nl><title>") == (
        '<html><HEAD lang=nl><base target="_blank"><title>'
    )
    assert letters.for_frame("<p>x") == '<base target="_blank"><p>x'


def test_addresses_in_the_text_are_links_and_the_rest_is_escaped() -> None:
    shown = letters.with_links("<b> https://winkel.example/a?b=1&c=2. </b>")
    assert 'href="https://winkel.example/a?b=1&amp;c=2"' in shown
    assert shown.startswith("&lt;b&gt; ")
    assert shown.endswith("</a>. &lt;/b&gt;")


def test_an_unknown_charset_shows_what_there_is() -> None:
    letter = letters.read(b"Content-Type: text/plain; charset=none\r\n\r\nDag \xc3\xa9\r\n")
    assert letter.text.strip() == "Dag é"


@given(st.binary(max_size=400))
def test_no_mail_is_too_broken_to_show(raw: bytes) -> None:
    letters.read(raw)
    letters.read(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + raw)
