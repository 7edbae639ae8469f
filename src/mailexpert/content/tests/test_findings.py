"""What a check finds: what everybody can read, what filters think, what mail programs show, where links lead."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailexpert.base import weblink
from mailexpert.base.weblink import Answer
from mailexpert.content import checks, links, rules_support
from mailexpert.content.findings import Finding
from mailexpert.content.rules import compile_source
from mailexpert.content.rules_checks import examine
from mailexpert.content.tests.block_samples import PICTURE, block, mail, whole
from mailexpert.content.values import Draft

WORDS = "<p>Een zin die lang genoeg is om de mail niet leeg te laten zijn voor wie hem leest en begrijpt.</p>"
FILLED = f"<h1>Titel</h1>{WORDS * 3}"


def found(source: str, kind: str = "html", **draft: str) -> dict[str, Finding]:
    made = Draft(**{"kind": kind, "source": source, "subject": "Nieuws", "preheader": "Eerst", **draft})
    compiled = compile_source(kind, source, title=made.subject, language=made.language)
    return {finding.code: finding for finding in examine(made, compiled, {"email", "first_name", "city"})}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (WORDS, "heading_missing"),
        ("<h1>a</h1><h1>b</h1>", "heading_many"),
        ("<h1>a</h1><h3>b</h3>", "heading_order"),
        ("<table><tr><td><p>a</p></td></tr></table>", "table_role"),
        ("<table><tr><td>ma</td><td>9</td></tr><tr><td>di</td><td>9</td></tr></table>", "table_heads"),
        ("<img src='https://x.nl/a.png' alt='IMG_1234.jpg'>", "image_alt_name"),
        ("<p style='font-size:11px'>klein</p>", "text_small"),
        ("<p>" + "the mail is not for you and we are with the others of it " * 4 + "</p>", "language"),
        ("<p style='color:#999999'>grijs</p>", "contrast"),
        ("<div style='background:#0f5c5c'><p style='color:#222222'>donker</p></div>", "contrast"),
        ("<img src='https://x.nl/a.png' alt='Een krat'>", "picture_only"),
        ("<a href='https://bit.ly/x'>Het verslag</a>", "link_short"),
        ("<a href='https://x.nl/?e={{ contact.email }}'>Jouw pagina</a>", "link_personal"),
        ("<div style='display:flex'>a</div>", "support"),
        ("<p>- brood</p><p>- appels</p>", "list_typed"),
        ("<p>1. brood<br>2. appels</p>", "list_typed"),
        ("<p>Lees <a href='https://x.nl' style='text-decoration:none'>het verslag</a></p>", "link_line"),
        (
            "<style>a{text-decoration:none}</style><p>Lees <b><a href='https://x.nl'>dit stuk</a></b></p>",
            "link_line",
        ),
        ("<table><tr><th>Dag</th><th>Van</th></tr><tr><td>ma</td><td>9</td></tr></table>", "table_scope"),
        (
            "<a href='https://x.nl'><img src='https://x.nl/a.png' alt='Facebook' width=16 height=16></a>",
            "link_small",
        ),
        ("<p style='width:calc(100% - 2px)'>a</p>", "support"),
    ],
)
def test_what_a_reader_would_miss_is_a_warning(source: str, code: str) -> None:
    assert found(source)[code].level == "warn"


@pytest.mark.parametrize(
    "source",
    [
        "<p>- eens</p><p>en nog iets</p>",
        "<p>1. eens</p><p>5. vijf</p>",
        "<ul><li>- brood</li><li>- appels</li></ul>",
        "<p><a href='https://x.nl' style='text-decoration:none'>Vul een pakket</a></p>",
        "<p>Lees <a href='https://x.nl' style='text-decoration:none;border-bottom:1px solid'>dit stuk</a></p>",
        "<table><tr><th scope=col>Dag</th></tr><tr><td>ma</td></tr></table>",
        "<a href='https://x.nl'><img src='https://x.nl/a.png' alt='Facebook' width=32 height=32></a>",
    ],
)
def test_what_everybody_can_use_is_no_warning(source: str) -> None:
    assert not {"list_typed", "link_line", "table_scope", "link_small"} & found(FILLED + source).keys()


def test_a_good_mail_is_told_what_is_in_order() -> None:
    codes = found(FILLED)
    assert {"headings", "contrast", "spam", "support"} <= codes.keys()
    assert all(finding.level == "ok" for finding in codes.values())


def test_a_mail_of_every_block_has_nothing_to_mend() -> None:
    assert {f.code for f in found(whole(), "blocks").values() if f.level != "ok"} == set()


def test_dark_colours_that_can_t_be_read_are_seen() -> None:
    source = (
        "<html><head><style>@media (prefers-color-scheme: dark) { .a { background-color: #111111 !important } }</style>"
        f"</head><body><div class='a'><p style='color:#333333'>donker op donker</p></div>{FILLED}</body></html>"
    )
    assert found(source)["contrast_dark"].level == "warn"


def test_a_photo_that_nobody_described_is_named_by_its_block() -> None:
    said = found(mail(block("heading"), block("text"), block("image", alt="")), "blocks")["image_alt"]
    assert (said.level, said.where) == ("warn", "block:3")
    assert "image_alt" not in found(mail(block("image", alt="", decorative=True)), "blocks")
    assert found(mail(block("columns", columns=[[{"kind": "image", "src": PICTURE}]])), "blocks")["image_alt"]


def test_a_spam_score_names_its_reasons() -> None:
    said = found(
        FILLED + "<p>Klik hier! 100% gratis casino, verdien geld, geen risico, koop nu, laatste kans</p>"
    )["spam"]
    assert said.level == "warn"
    assert "casino" in str(said.values["reasons"])


def test_capitals_and_marks_in_a_subject_are_seen() -> None:
    codes = found(FILLED, subject="KOOP NU ALLES!!")
    assert {"subject_capitals", "subject_marks"} <= codes.keys()


def test_the_facts_name_nine_mail_programs() -> None:
    clients, features = rules_support.facts()
    assert len(clients) == 9
    assert all(len(letters) == 9 for _title, letters in features.values())
    html = "<body><p style='display:flex'>a</p></body>"
    assert "Outlook (classic, Windows)" in rules_support.missing(html, LexborHTMLParser(html))["display:flex"]


# ——— links ———

PAGE = "https://lindewoud.nl/kerst"


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch):
    def set_to(**given):
        def look_all(urls, _seconds):
            return {url: Answer(**{"status": 200, "final": url, **given}) for url in urls}

        monkeypatch.setattr(weblink, "look_all", look_all)

    return set_to


def checked(source: str = f"{FILLED}<a href='{PAGE}'>Vul een pakket</a>") -> dict[str, checks.Check]:
    draft = Draft(kind="html", source=source, subject="Nieuws", preheader="Eerst")
    checks.look_at_links(draft, again=True)
    return {check.code: check for check in checks.check_draft(draft)}


@pytest.mark.parametrize(
    ("given", "code", "level"),
    [
        ({"status": 404}, "link_dead", "block"),
        ({"status": 410}, "link_dead", "block"),
        ({"status": 0, "why": "silent"}, "link_silent", "warn"),
        ({"status": 500}, "link_error", "warn"),
        ({"final": "https://elders.nl/"}, "link_moved", "warn"),
        ({"status": 403}, "links_there", "ok"),
        ({"final": "https://www.lindewoud.nl/kerst/"}, "links_there", "ok"),
        ({}, "links_there", "ok"),
    ],
)
def test_a_page_that_is_gone_blocks_and_one_without_an_answer_warns(in_shop, answer, given, code, level):
    answer(**given)
    assert checked()[code].level == level


def test_a_link_that_still_leads_to_an_example_is_told_once(in_shop, answer):
    answer(status=0, why="silent")
    found = checked(f"{FILLED}<a href='https://www.example.org/story'>Lees het verhaal</a>")
    assert {code for code in found if code.startswith("link")} == {"link_example"}


def test_answers_are_kept_so_that_nobody_is_asked_at_every_key(in_shop, answer, monkeypatch):
    answer(status=404)
    checked()
    monkeypatch.setattr(weblink, "look_all", lambda urls, _s: pytest.fail("asked again") if urls else {})
    draft = Draft(kind="html", source=f"<a href='{PAGE}'>a</a>", subject="a")
    checks.look_at_links(draft)
    assert {check.code for check in checks.check_draft(draft)} >= {"link_dead"}


def test_a_personal_link_is_never_asked():
    html = "<a href='https://x.nl/{{ contact.city }}'>a</a><a href='{{ unsubscribe_url }}'>b</a><a href='https://y.nl'>c</a>"
    assert links.targets(html) == {"https://y.nl": "c"}


def test_a_page_that_hides_the_way_out_can_t_leave(in_shop, monkeypatch):
    def refuse(*_given):
        raise checks.RenderProblem("hidden", 1)

    monkeypatch.setattr(checks, "with_footer", refuse)
    said = {check.code: check for check in checks.check_draft(Draft(kind="html", source=FILLED, subject="a"))}
    assert said["unsubscribe_hidden"].level == "block"
