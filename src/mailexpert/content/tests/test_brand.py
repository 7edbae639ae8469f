"""The brand: chosen by hand or from the account's own site, measured, worn by what is new and put on what is there."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pixels

from mailexpert.accounts.models import Package
from mailexpert.base import antivirus, webpage
from mailexpert.base.webpage import Fetched, NotFetched
from mailexpert.content import actions, actions_brand, rules_brand, rules_site
from mailexpert.content.models import Brand, Image, Revision, Template
from mailexpert.content.queries import starter_of
from mailexpert.content.tests.block_samples import block, mail
from mailexpert.content.values import Draft
from mailexpert.core import brand as port
from mailexpert.core.scope import account

ACCENT, GROUND = "#7a1f3d", "#f8f2f3"
PAGE = """<html><head><title>Welkom | Voedselbank Lindewoud</title>
<meta name="theme-color" content="#7A1F3D"><link rel="stylesheet" href="/stijl.css">
<link rel="stylesheet" href="https://fonts.example/x.css"></head>
<body><header><a class="logo" href="/"><img src="/beeld/krat.png" alt="Lindewoud"></a></header></body></html>"""
CSS = "body{background:#f8f2f3;color:#333;font-family:'Merriweather',serif} .btn{background:#7a1f3d} p{color:#444}"


def colours():
    return st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def pale():
    channel = st.integers(200, 255)
    return st.tuples(channel, channel, channel).map(lambda parts: "#" + "".join(f"{p:02x}" for p in parts))


def picture(kind="PNG"):
    out = io.BytesIO()
    Pixels.new("RGB", (80, 40), ACCENT).save(out, kind)
    return out.getvalue()


def at(name, *args):
    return reverse(f"content:{name}", args=args)


def filled(**changes):
    given = {"name": "Lindewoud", "logo": "", "logo_width": 160, "accent": ACCENT, "ground": GROUND}
    return given | {"font": "georgia", "reason": "Je staat op onze lijst."} | changes


@pytest.fixture
def site(monkeypatch):
    """A site of three files, as it comes in through the guarded client."""
    files = {
        "https://lindewoud.example": ("text/html", PAGE.encode()),
        "https://lindewoud.example/stijl.css": ("text/css", CSS.encode()),
        "https://lindewoud.example/beeld/krat.png": ("image/png", picture()),
    }

    def fetch(url, *, largest=0, resolver=None):
        if url not in files:
            raise NotFetched("unknown")
        kind, data = files[url]
        return Fetched(url=url, kind=kind, data=data)

    monkeypatch.setattr(webpage, "fetch", fetch)
    return files


@given(accent=colours(), ground=pale())
def test_whatever_is_chosen_all_words_are_readable_by_day_and_in_the_dark(accent, ground):
    assert all(pair.is_enough for pair in rules_brand.pairs(accent, ground))


@pytest.mark.parametrize(
    ("family", "font"),
    [
        ("'Merriweather', serif", "georgia"),
        ("Inter, sans-serif", "arial"),
        ("'Open Sans', Arial", "verdana"),
        ("Onbekend, serif", "georgia"),
        ("", "arial"),
    ],
)
def test_the_nearest_font_that_every_device_has_is_taken(family, font):
    assert rules_brand.nearest_font(family) == font


def test_a_site_s_colours_font_and_logo_are_found():
    found = rules_site.read(PAGE, [CSS], "https://lindewoud.example/")
    assert (found.accents[0], found.grounds[0], found.font) == (ACCENT, GROUND, "georgia")
    assert found.logos == ("https://lindewoud.example/beeld/krat.png",)
    assert found.name == "Voedselbank Lindewoud"
    assert rules_site.sheets(PAGE, "https://lindewoud.example/")[0] == "https://lindewoud.example/stijl.css"


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_page_gives_a_proposal(html, css):
    found = rules_site.read(html, [css], "https://x.example/")
    assert all(map(rules_brand.is_colour, (*found.accents, *found.grounds)))


def test_what_is_chosen_by_hand_is_worn_by_new_mails_and_the_gallery(shop_client, shop):
    file = SimpleUploadedFile("logo.png", picture(), content_type="image/png")
    assert shop_client.post(at("brand"), filled(logo_file=file)).status_code == 302
    shop_client.post(at("take_starter", "news"))
    shop_client.post(at("new"), {"name": "Leeg", "kind": "blocks"})
    shop_client.post(at("take_starter", "newsletter"))
    with account(shop.id):
        logo = Image.objects.get()
        taken, empty = (
            json.loads(row.source) for row in Template.objects.filter(kind="blocks").order_by("id")
        )
        mjml = Template.objects.get(kind="mjml").source
    for one in (taken, empty):
        assert (one["look"]["accent"], one["look"]["font"]) == (ACCENT, "georgia")
        assert logo.token in one["look"]["logo"]
    assert empty["reason"] == "Je staat op onze lijst."
    assert ACCENT in mjml
    assert "#0f5c5c" not in mjml
    assert ACCENT in shop_client.get(at("starter", "appeal")).content.decode()


def test_other_rooms_get_it_through_the_port(in_shop):
    assert port.of_account().name == in_shop.account.name
    actions_brand.save(accent="#ffe000", ground=GROUND, name="Lindewoud")
    found = port.of_account()
    assert (found.accent, found.on_accent, found.name) == ("#ffe000", "#000000", "Lindewoud")
    assert found.words != "#ffe000"


@pytest.mark.parametrize(
    "wrong",
    [{"accent": "red"}, {"accent": "#12"}, {"ground": "#101010"}, {"font": "comic"}, {"logo_width": 9}],
)
def test_what_a_mail_can_t_use_is_refused_and_nothing_kept(shop_client, shop, wrong):
    page = shop_client.post(at("brand"), filled(**wrong))
    assert "Dit klopt nog niet" in page.content.decode()
    with account(shop.id):
        assert not Brand.objects.exists()


def test_a_site_is_read_and_what_is_chosen_is_kept(shop_client, shop, site):
    page = shop_client.post(at("read_site"), {"site": "lindewoud.example"}).content.decode()
    assert ACCENT in page
    assert "data:image/png;base64," in page
    assert "Georgia" in page
    with account(shop.id):
        assert not Brand.objects.exists()
        assert not Image.objects.exists()
    chosen = {"accent": ACCENT, "ground": GROUND, "font": "georgia", "name": "Lindewoud"}
    shop_client.post(
        at("take_brand"),
        {**chosen, "logo": "https://lindewoud.example/beeld/krat.png", "site": "https://x.nl/"},
    )
    with account(shop.id):
        kept = Brand.objects.select_related("logo").get()
        assert (kept.accent, kept.logo.alt) == (ACCENT, "Lindewoud")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("private", "eigen netwerk"),
        ("unknown", "niet bekend"),
        ("certificate", "certificaat"),
        ("silent", "niet op tijd"),
        ("large", "groter"),
        ("address", "geen webadres"),
    ],
)
def test_a_site_that_can_t_be_read_says_why(shop_client, monkeypatch, why, words):
    def refuse(*_given, **_options):
        raise NotFetched(why)

    monkeypatch.setattr(webpage, "fetch", refuse)
    assert words in shop_client.post(at("read_site"), {"site": "x.example"}).content.decode()


def test_an_address_inside_is_never_asked(shop_client):
    page = shop_client.post(at("read_site"), {"site": "http://169.254.169.254/latest/"}).content.decode()
    assert "eigen netwerk" in page


def test_a_site_is_not_opened_before_it_is_scanned(shop_client, site, monkeypatch):
    def refuse(_chunks, _env):
        raise antivirus.ScannerDown("x")

    monkeypatch.setattr(antivirus, "scan", refuse)
    monkeypatch.setattr(rules_site, "read", lambda *_given: pytest.fail("opened before it was scanned"))
    assert (
        "antwoordt niet" in shop_client.post(at("read_site"), {"site": "lindewoud.example"}).content.decode()
    )


def test_templates_that_look_otherwise_are_named_and_dressed_with_a_version_to_go_back_to(shop_client, shop):
    with account(shop.id):
        own = actions.make_template(name="Oud", draft=Draft(kind="blocks", source=mail(block("heading"))))
        actions_brand.save(accent=ACCENT, ground=GROUND, name="Lindewoud")
    assert "1 sjabloon ziet er anders uit" in shop_client.get(at("brand")).content.decode()
    shop_client.post(at("dress_all"))
    with account(shop.id):
        own.refresh_from_db()
        assert json.loads(own.source)["look"]["accent"] == ACCENT
        assert Revision.objects.filter(template=own).count() == 2
    assert "ziet er anders uit" not in shop_client.get(at("brand")).content.decode()


def test_a_stranger_has_a_brand_of_their_own(stranger_client, shop, stranger):
    with account(shop.id):
        actions_brand.save(accent=ACCENT, name="Lindewoud")
    assert ACCENT not in stranger_client.get(at("brand")).content.decode()


def test_a_stranger_s_picture_is_no_logo(stranger_client, stranger, shop):
    from mailexpert.content.actions_images import keep_image

    with account(shop.id):
        made = keep_image(picture(), name="a", alt="")
    page = stranger_client.post(at("brand"), filled(logo=str(made.pk)))
    assert "Dit klopt nog niet" in page.content.decode()
    sample = stranger_client.get(at("brand_sample"), {"logo": made.pk}).content.decode()
    assert made.token not in sample


def test_a_picture_over_the_package_s_room_is_refused(shop_client, shop):
    Package.objects.create(name="Klein", storage=10, is_default=True)
    file = SimpleUploadedFile("logo.png", picture(), content_type="image/png")
    page = shop_client.post(at("brand"), filled(logo_file=file)).content.decode()
    assert "geen ruimte meer" in page
    with account(shop.id):
        assert not Image.objects.exists()
        assert not Brand.objects.exists()


def test_our_gallery_in_mjml_still_compiles_in_any_brand(in_shop):
    actions_brand.save(accent="#ffe000", ground="#ffffff", font="times")
    for slug in ("newsletter", "invitation"):
        starter = starter_of(slug, "nl")
        assert starter is not None
        made = actions.make_from_starter(starter)
        assert actions.render_preview(actions.draft_of(made)).problems == ()
