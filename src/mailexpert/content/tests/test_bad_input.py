"""Sources that no mail may be made of: refused or cleaned, with what it was named, by the preview, the checks and the
door where templates come in."""

import time

import pytest

from mailexpert.content import actions, checks
from mailexpert.content.models import Template
from mailexpert.content.values import Draft

pytestmark = pytest.mark.django_db

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office">
<head><meta name=Generator content="Microsoft Word 15">
<style><!-- /* Font */ @font-face {font-family:Calibri;} p.MsoNormal {margin:0cm;font-family:"Calibri",sans-serif}
--></style>
<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026"/></xml><![endif]--></head>
<body lang=NL><p class=MsoNormal>Beste <o:p></o:p><b style='mso-bidi-font-weight:normal'>lezer</b>,</p>
<![if !supportEmptyParas]>&nbsp;<![endif]><p class=MsoNormal>Tot ziens.</p></body></html>"""
MJML = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
# What was given, and what is said of it.
REFUSED = [
    ("html", "<p>x</p>" * 700_000, "at most 500 kB"),
    ("mjml", "<mjml><mj-body><mj-section><mj-column>", "never closed"),
    (
        "mjml",
        MJML.replace("<mj-body>", "<mj-body><mj-include path='/etc/passwd' />"),
        "mj-include",
    ),
    ("text", "{% for a in (1..100) %}{% for b in (1..100) %}x{% endfor %}{% endfor %}", "loop"),
    ("text", "{% assign a = 'x' %}" + "{% assign a = a | append: a %}" * 40 + "{{ a }}", "limit"),
    ("text", "{% include 'x' %}", "include"),
    ("text", "{{ 'a' | replace: 'a', 'aaaaaaaaaa' }}", "filter"),
]
CLEANED = [
    ("<style>@import url(https://boos.example/x.css);</style><p>a</p>", "@import", "style"),
    ("<link rel=stylesheet href=https://boos.example/x.css><p>a</p>", "boos.example", "link"),
    ("<p>a</p><script>alert(1)</script>", "<script", "script"),
    ("<form action=https://boos.example><input name=a></form><p>a</p>", "<form", "form"),
    ("<meta http-equiv=refresh content='0;url=https://boos.example'><p>a</p>", "refresh", "meta"),
    (
        "<style>@font-face{font-family:X;src:url(https://boos.example/x.woff)}</style><p>a</p>",
        "boos.example",
        "style",
    ),
    ("<p>a</p><a href='javascript:alert(1)'>klik</a>", "javascript:", "href"),
    ("<p>a</p><a href='data:text/html,<script>x</script>'>klik</a>", "data:text", "href"),
    ("<p onclick='x()'>a</p>", "onclick", "onclick"),
    ("<iframe src=https://boos.example></iframe><p>a</p>", "<iframe", "iframe"),
]


@pytest.mark.parametrize(("kind", "source", "said"), REFUSED, ids=lambda value: str(value)[:20])
def test_what_can_t_be_a_mail_is_refused_and_named(in_shop, kind, source, said):
    began = time.process_time()
    draft = Draft(kind=kind, source=source, subject="x")
    shown = actions.render_preview(draft)
    assert shown.html == ""
    assert any(said in problem.message for problem in shown.problems), [p.message for p in shown.problems]
    assert time.process_time() - began < 5
    assert not Template.objects.exists()


@pytest.mark.parametrize(("source", "gone", "named"), CLEANED, ids=[one[1] for one in CLEANED])
def test_what_a_mail_may_not_hold_is_left_out_and_named(in_shop, source, gone, named):
    shown = actions.render_preview(Draft(kind="html", source=source, subject="x"))
    assert gone not in shown.html
    assert ">a</p>" in shown.html
    assert any(named in problem.message for problem in shown.removed), [p.message for p in shown.removed]


def test_a_letter_from_word_becomes_a_mail(in_shop):
    shown = actions.render_preview(Draft(kind="html", source=WORD, subject="x"))
    assert shown.problems == ()
    assert "lezer" in shown.text
    assert "Tot ziens." in shown.text
    assert "<o:p" not in shown.html
    assert "spidmax" not in shown.text


@pytest.mark.parametrize(
    "name", ["__class__", "__init__.__globals__", "_meta", "pk", "account_id", "keys", "items"]
)
def test_a_field_named_like_python_s_insides_shows_nothing_and_blocks(in_shop, name):
    draft = Draft(kind="html", source=f"<p>[{{{{ contact.{name} }}}}]</p>", subject="x")
    assert "[]" in actions.render_preview(draft).html
    assert "field_unknown" in {check.code for check in checks.check_draft(draft) if check.level == "block"}
