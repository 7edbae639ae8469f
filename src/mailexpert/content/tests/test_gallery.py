"""The shipped mails of blocks: approved as they come out, and each passes every check in four ways of showing it."""

import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailexpert.content import actions, queries, rules_colours
from mailexpert.content.findings import Finding, Written
from mailexpert.content.queries import IN_BLOCKS, starter_of
from mailexpert.content.rules import Compiled, compile_source
from mailexpert.content.rules_checks import examine
from mailexpert.content.rules_strip import as_word_shows, without_head_styles, without_pictures
from mailexpert.content.tests import golden_files
from mailexpert.content.values import Draft, Starter
from mailexpert.core.scope import account
from mailexpert.mail import personalise

every_mail = pytest.mark.parametrize("language", ["nl", "en"])
every_slug = pytest.mark.parametrize("slug", IN_BLOCKS)


def starter(slug: str, language: str) -> Starter:
    found = starter_of(slug, language)
    assert found is not None
    return found


def compiled(slug: str, language: str) -> Compiled:
    one = starter(slug, language)
    return compile_source("blocks", one.source, title=one.subject, language=language, preheader=one.preheader)


def test_blocks_and_shipped_mails_come_out_as_they_were_approved() -> None:
    for path, text in golden_files.block_parts().items():
        assert text == path.read_text(encoding="utf-8"), path.name


def test_there_are_twelve_in_each_language() -> None:
    for language in ("nl", "en"):
        ours = [one for one in queries.gallery(language) if one.kind == "blocks"]
        assert len({one.name for one in ours}) == 12
        assert all(one.subject and one.preheader and one.description for one in ours)


@every_slug
@every_mail
def test_a_shipped_mail_passes_every_check_but_its_example_links(slug: str, language: str) -> None:
    one = starter(slug, language)
    draft = Draft(
        kind="blocks", source=one.source, subject=one.subject, preheader=one.preheader, language=language
    )
    found = [f for f in examine(draft, compiled(slug, language), {"first_name", "email"}) if f.level != "ok"]
    assert [f.sentence % f.values for f in found if f.code != "link_example"] == []


@every_slug
@every_mail
def test_a_shipped_mail_reads_without_a_name_in_both_parts(slug: str, language: str) -> None:
    made = compiled(slug, language)
    for render, source in ((personalise.render_html, made.html), (personalise.render_text, made.text)):
        read = render(source, {"email": "jan@voorbeeld.example"}, unsubscribe_url="https://t.example/t/u/x")
        assert "{{" not in read
        assert "https://t.example/t/u/x" in read


@every_slug
@every_mail
@pytest.mark.parametrize("shown", [without_head_styles, as_word_shows, without_pictures])
def test_it_stands_without_head_styles_in_word_and_without_pictures(slug: str, language: str, shown) -> None:
    made = compiled(slug, language)
    tree = LexborHTMLParser(shown(made.html))
    heard = " ".join(tree.css_first("[role=article]").text(separator=" ").split())
    for line in re.findall(r"[A-Z][a-z][^.:{|(]{12,}", made.text):
        assert " ".join(line.split())[:12] in heard
    links = {a.attributes["href"] for a in LexborHTMLParser(made.html).css("a")}
    assert {a.attributes["href"] for a in tree.css("a")} == links
    faults = [
        f for f in rules_colours.examine(tree, Written(text="")) if f.code == "contrast" and f.level != "ok"
    ]
    assert faults == []


def test_taking_one_puts_the_account_s_name_above_it(in_shop) -> None:
    made = actions.make_from_starter(starter("news", "nl"))
    assert json.loads(made.source)["look"]["name"] == in_shop.account.name


def test_a_finding_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Finding(code="a", level="ok", sentence="b").code = "c"  # type: ignore[misc]


def test_a_new_mailing_begins_with_blocks(shop_client, shop) -> None:
    shop_client.post("/mailings/nieuw/maken/", {"starter": "appeal"})
    with account(shop.id):
        from mailexpert.mailings.models import Mailing

        made = Mailing.objects.get()
    assert made.kind == "blocks"
    assert shop.account.name in made.source
