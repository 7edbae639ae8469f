"""Where a form leads people on."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from mailexpert.accounts.models import Site
from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.contacts import embed, rules_signup
from mailexpert.contacts.models import SignupForm
from mailexpert.contacts.tests.test_signup import Story, light_work, story  # noqa: F401
from mailexpert.core import brand
from mailexpert.core.scope import account


def test_a_form_leads_on_only_to_a_site_that_is_shown_to_be_the_account_s(
    story: Story,  # noqa: F811
    stranger: Tenant,
) -> None:
    own, elsewhere = "https://www.winkel.example/bedankt", "https://www.winkel.example.kwaad.example/"
    with account(stranger.id):
        Site.objects.create(host="winkel.example", token="x", verified_at=clock.now())
    with account(story.tenant.id):
        SignupForm.objects.update(sent_url=own, thanks_url=elsewhere)
        claimed = Site.objects.create(host="winkel.example", token="x")
    assert story.fill_in("eerst@postvak.example")["Location"].startswith("/aanmelden/")
    with account(story.tenant.id):
        Site.objects.filter(id=claimed.id).update(verified_at=clock.now())
    assert story.fill_in()["Location"] == own
    story.run_jobs()
    assert "form-action 'self' https://www.winkel.example;" in story.visitor.get(story.url)[
        "Content-Security-Policy"
    ] + ";"  # fmt: skip
    assert story.visitor.post(story.link()).status_code == 200
    with account(story.tenant.id):
        SignupForm.objects.update(thanks_url=own)
    story.fill_in("derde@postvak.example")
    story.run_jobs()
    assert story.visitor.post(story.link())["Location"] == own


def test_the_code_for_a_site_is_plain_and_its_script_small(story: Story) -> None:  # noqa: F811
    with account(story.tenant.id):
        code = embed.code_of(story.form)
    plain, _tag, script = code.partition("<script")
    assert f'{story.url}" lang="nl"' in plain
    assert "</form>" in plain
    assert not re.findall(r" (?:on\w+|style|src)=", plain)
    assert script.count("src=") == 1
    assert Path(str(finders.find("contacts/signup.js"))).stat().st_size < 5_000


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://winkel.example/x", True),
        ("https://www.winkel.example/", True),
        ("http://winkel.example/", False),
        ("https://winkel.example:444/", False),
        ("https://nepwinkel.example/", False),
        ("https://winkel.example@kwaad.example/", False),
        ("https://kwaad.example\\@winkel.example/", False),
        ("//winkel.example/", False),
        ("javascript:alert(1)//winkel.example", False),
        ("https://winkel.example\n.kwaad.example", False),
    ],
)
def test_an_address_lies_on_a_site_or_not(url: str, is_own: bool) -> None:
    assert rules_signup.leads_to(url, ["winkel.example"]) is is_own


def test_the_brand_s_logo_stands_above_and_only_its_host_is_let_in(
    story: Story,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logo = "https://beeld.winkel.example/beeld/x.png"
    monkeypatch.setattr(brand, "of_account", lambda: brand.Brand(logo=logo, accent="#224466"))
    page = story.visitor.get(story.url)
    assert f'<img src="{logo}" alt="Winkel de Vries"' in page.content.decode()
    assert "img-src 'self' data: https://beeld.winkel.example;" in page["Content-Security-Policy"] + ";"
    assert "--sf-accent: #224466" in story.visitor.get(f"{story.url}/stijl.css").content.decode()
