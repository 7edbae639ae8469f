"""Each picture is described or called decoration before a mailing leaves with it; asked once it is stored."""

import io
import zipfile

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.content import actions, actions_bundle, actions_images, queries_images
from mailexpert.content.actions_bundle import Wanted
from mailexpert.content.checks import check_draft
from mailexpert.content.models import Image, Template
from mailexpert.content.rules_described import filled
from mailexpert.content.tests.block_samples import block, mail
from mailexpert.content.tests.test_library import picture, upload
from mailexpert.content.values import Draft
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing

FILE = "abcdefghijklmnopqrstuvwx.png"
SHOWN = f"https://mail.example/beeld/{FILE}"
LIST = reverse("content:describe_images")


@pytest.fixture
def new(shop):
    with account(shop.id):
        return actions_images.keep_image(picture(), name="krat.png", alt=" ")


def asked(client, image, **answer):
    return client.post(LIST, {f"beeld-{image.pk}-{name}": value for name, value in answer.items()})


def codes(source, kind="blocks"):
    return {check.code: check.level for check in check_draft(Draft(kind=kind, source=source, subject="a"))}


def shown(image, **values):
    return mail(block("heading"), block("image", src=actions_images.address_of(image), **values))


def test_an_upload_without_words_goes_on_to_the_page_that_asks(shop_client, shop):
    assert upload(shop_client, picture())["Location"] == LIST
    told = upload(shop_client, picture(), accept="application/json").json()
    assert (told["asks"], bool(told["answer"])) == (LIST, True)
    page = shop_client.get(LIST).content.decode()
    assert "2 foto’s te beschrijven" in page
    with account(shop.id):
        assert all(f"beeld-{image.pk}-alt" in page for image in queries_images.undescribed())


def test_what_is_answered_is_saved_and_the_rest_waits(shop_client, shop, new):
    with account(shop.id):
        other = actions_images.keep_image(picture(), name="lijn.png", alt="")
    assert asked(shop_client, new, alt="").status_code == 302
    asked(shop_client, new, alt="Een  krat\n vol brood")
    with account(shop.id):
        assert list(queries_images.undescribed()) == [other]
        assert Image.objects.get(id=new.pk).alt == "Een krat vol brood"
    asked(shop_client, other, alt="", decorative="on")
    assert "Alle foto’s zijn beschreven" in shop_client.get(LIST).content.decode()


def test_a_mailing_leaves_only_with_pictures_that_have_an_answer(in_shop, new):
    assert codes(shown(new, alt=""))["image_undescribed"] == "block"
    assert "image_undescribed" not in codes(shown(new, alt="Een krat"))
    assert "image_undescribed" not in codes(shown(new, alt="", decorative=True))
    html = f"<h1>a</h1><p>b</p><img src='{actions_images.address_of(new)}'>"
    assert codes(html, "html")["image_undescribed"] == "block"
    actions_images.describe(new, alt="Een krat", decorative=False)
    assert "image_undescribed" not in codes(shown(new, alt=""))


def test_the_check_leads_to_the_page_that_asks_and_back(shop_client, shop, new):
    with account(shop.id):
        draft = Mailing.objects.create(name="b", kind="blocks", source=shown(new, alt=""))
    page = shop_client.get(reverse("mailings:show", args=[draft.pk])).content.decode()
    back = f"{LIST}?verder=%2Fmailings%2F{draft.pk}%2F"
    assert back in page
    answer = shop_client.post(LIST, {f"beeld-{new.pk}-alt": "Een krat", "verder": f"/mailings/{draft.pk}/"})
    assert answer["Location"] == f"/mailings/{draft.pk}/"
    with account(shop.id):
        draft.refresh_from_db()
        assert "Een krat" in draft.source


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_it_goes_on_to_no_other_site(shop_client, new, elsewhere):
    answer = shop_client.post(LIST, {f"beeld-{new.pk}-alt": "Een krat", "verder": elsewhere})
    assert answer["Location"] == reverse("content:images")


def test_words_come_where_none_stood_and_replace_none(shop, new):
    with account(shop.id):
        bare = actions.make_template(name="a", draft=Draft(kind="blocks", source=shown(new, alt="")))
        own = actions.make_template(
            name="b", draft=Draft(kind="blocks", source=shown(new, alt="Mijn woorden"))
        )
        sent = Mailing.objects.create(
            name="c", kind="blocks", source=shown(new, alt=""), state=Mailing.State.SENT
        )
        assert actions_images.describe(new, alt="Een krat", decorative=False) == 1
        for row in (bare, own, sent):
            row.refresh_from_db()
    assert "Een krat" in bare.source
    assert "Mijn woorden" in own.source
    assert "Een krat" not in sent.source


def test_who_writes_a_mail_isn_t_overtaken_by_their_own_answer(shop_client, shop, new):
    with account(shop.id):
        draft = Mailing.objects.create(name="b", kind="blocks", source=shown(new, alt=""))
    path = reverse("content:describe_image", args=[new.pk])
    refused = shop_client.post(path, {"alt": " "}, headers={"accept": "application/json"})
    assert (refused.status_code, "Zeg wat er te zien is" in refused.json()["detail"]) == (422, True)
    told = shop_client.post(path, {"decorative": "on"}, headers={"accept": "application/json"}).json()
    assert (told["answer"], told["decorative"]) == ("", True)
    with account(shop.id):
        assert Mailing.objects.get(id=draft.pk).version == draft.version


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (
            "html",
            f"<p><img src='{SHOWN}'></p>",
            f"<p><img src='{SHOWN}' alt=\"Brood &amp; &quot;kaas&quot;\"></p>",
        ),
        ("html", f"<img src='{SHOWN}' />", f"<img src='{SHOWN}' alt=\"Brood &amp; &quot;kaas&quot;\"/>"),
        (
            "mjml",
            f'<mj-image src="{SHOWN}"/>',
            f'<mj-image src="{SHOWN}" alt="Brood &amp; &quot;kaas&quot;"/>',
        ),
        ("html", f"<img alt='' src='{SHOWN}'>", f"<img alt='' src='{SHOWN}'>"),
        ("html", f"<a href='{SHOWN}'>x</a>", f"<a href='{SHOWN}'>x</a>"),
        ("text", f"<img src='{SHOWN}'>", f"<img src='{SHOWN}'>"),
    ],
)
def test_words_are_put_into_code(kind, before, after):
    assert filled(kind, before, FILE, alt='Brood & "kaas"', decorative=False) == after


@given(st.lists(st.sampled_from(["<img ", "src='", FILE, "'", '"', ">", "/>", " alt=''", "<mj-image ", "x"])))
def test_no_source_loses_a_letter(pieces):
    source = "".join(pieces)
    made = filled("html", source, FILE, alt="", decorative=True)
    assert made.replace(' alt=""', "").replace(" ", "") == source.replace(" ", "")


def test_a_source_of_half_open_elements_costs_no_time():
    source = f'<img "{FILE}' * 10_000
    assert filled("html", source, FILE, alt="a", decorative=False) == source


def zipped(html):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", html)
        for name in ("a.png", "b.png", "c.png"):
            archive.writestr(name, picture())
    return out.getvalue()


def test_an_import_takes_the_words_that_html_has_and_asks_for_the_others(in_shop):
    html = "<h1>x</h1><img src=a.png alt='Een krat'><img src=b.png alt=''><img src=c.png>"
    made = actions_bundle.import_file(zipped(html), "mail.zip", Wanted())
    assert (made.pictures, made.undescribed) == (3, 1)
    assert {image.name: (image.alt, image.decorative) for image in Image.objects.all()} == {
        "a.png": ("Een krat", False),
        "b.png": ("", True),
        "c.png": ("", False),
    }


def test_after_an_import_the_page_asks_and_then_shows_the_template(shop_client, shop):
    file = io.BytesIO(zipped("<h1>x</h1><img src=c.png>"))
    file.name = "mail.zip"
    answer = shop_client.post(reverse("content:take_in"), {"file": file, "language": "nl"})
    with account(shop.id):
        template, image = Template.objects.get(), Image.objects.get()
    assert answer["Location"] == f"{LIST}?verder=%2Fsjablonen%2F{template.pk}%2F"
    shop_client.post(LIST, {f"beeld-{image.pk}-alt": "Een krat", "verder": f"/sjablonen/{template.pk}/"})
    with account(shop.id):
        template.refresh_from_db()
    assert 'alt="Een krat"' in template.source


def test_a_stranger_describes_nothing(stranger_client, shop, new):
    assert new.name not in stranger_client.get(LIST).content.decode()
    asked(stranger_client, new, alt="Overgenomen")
    with account(shop.id):
        assert Image.objects.get(id=new.pk).alt == ""
