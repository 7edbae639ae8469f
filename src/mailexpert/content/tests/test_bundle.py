"""Templates from elsewhere: scanned, cleaned, named, kept whole or not at all; and taken along again."""

import io
import json
import struct
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pixels

from mailexpert.accounts.models import Membership, Package
from mailexpert.base import antivirus, webpage
from mailexpert.base.webpage import Fetched, NotFetched
from mailexpert.content import actions, actions_bundle, actions_images, rules_bundle, uses
from mailexpert.content.models import Image, Template
from mailexpert.content.problems import SourceError
from mailexpert.content.tests.block_samples import block, mail
from mailexpert.content.values import Draft
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing

HTML = (
    '<html><body><h1>Dag *|FNAME|*</h1><img src="beelden/krat.png" alt="Een krat"><p>Tekst</p></body></html>'
)
MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>Dag</mj-text></mj-column></mj-section></mj-body></mjml>"
)


def picture(kind="PNG", size=(8, 8)):
    out = io.BytesIO()
    Pixels.new("RGB", size, "#0f5c5c").save(out, kind)
    return out.getvalue()


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), body)
    return out.getvalue()


def packed(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def at(name, *args):
    return reverse(f"content:{name}", args=args)


def give(client, data=b"", filename="mail.zip", **given):
    file = {"file": SimpleUploadedFile(filename, data)} if data else {}
    return client.post(at("take_in"), {**file, "language": "nl", **given}, follow=True).content.decode()


def nothing_kept(tenant):
    with account(tenant.id):
        return not Template.objects.exists() and not Image.objects.exists()


def test_a_zip_with_pictures_becomes_a_template_whose_pictures_are_ours(shop_client, shop):
    page = give(shop_client, packed({"post/index.html": HTML, "post/beelden/krat.png": picture()}))
    assert "met 1 beeld" in page
    with account(shop.id):
        made, image = Template.objects.get(), Image.objects.get()
    assert (made.kind, made.name, image.alt) == ("html", "mail", "Een krat")
    assert image.token in made.source
    assert "beelden/krat.png" not in made.source
    assert "contact.first_name" in made.source


def test_what_is_left_out_is_named(shop_client, shop):
    files = {
        "index.html": '<p>x</p><img src="weg.png" alt=""><img src="logo.svg" alt=""><img src="kapot.png" alt="">',
        "logo.svg": "<svg onload=alert(1)>",
        "kapot.png": b"\x89PNG\r\n\x1a\nonzin",
        "los.exe": b"MZ",
        "binnen.png": zipped(a_DOT_html="x"),
        "__MACOSX/._x": b"x",
        "../../buiten.html": "<p>buiten</p>",
    }
    page = give(shop_client, packed(files))
    for words in (
        "weg.png wordt in de mail genoemd en was er niet",
        "logo.svg is weggelaten",
        "kapot.png is weggelaten",
        "los.exe is weggelaten",
        "binnen.png is weggelaten: het is een zip in de zip",
        "buiten.html is weggelaten",
    ):
        assert words in page, words
    with account(shop.id):
        assert not Image.objects.exists()


def test_scripts_and_forms_are_named_and_not_even_kept_in_the_source(shop_client, shop):
    hostile = (
        '<html><head><meta http-equiv="refresh" content="0;url=https://x.example"><base href="https://x.example">'
        "<style>@import url(https://x.example/a.css);</style></head><body onload=alert(1)><script>alert(1)</script>"
        '<form action="https://x.example"><input name=a></form><a href="javascript:alert(1)">x</a><p>Goed</p></body>'
    )
    page = give(shop_client, source=hostile)
    for words in ("&lt;script&gt; is weggelaten", "&lt;form&gt; is weggelaten", "onload", "meta refresh"):
        assert words in page, words
    with account(shop.id):
        kept = Template.objects.get().source
    for part in ("<script", "<form", "onload", "javascript:", "refresh", "@import", "<base"):
        assert part not in kept, part
    assert "Goed" in kept


def bomb():
    return packed({f"{n}.html": b"\0" * 4_900_000 for n in range(12)})


def lying_bomb():
    """A zip whose own list says that its file is small."""
    body = zipped(index_DOT_html=b" " * 5_500_000)
    at_list = body.rindex(b"PK\x01\x02")
    return body[: at_list + 24] + struct.pack("<L", 10) + body[at_list + 28 :]


def locked():
    body = bytearray(packed({"index.html": HTML}))
    body[6] |= 1
    body[body.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(body)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bomb(), "Uitgepakt is de zip groter dan 40 MB"),
        (lying_bomb(), "gaat niet open"),
        (locked(), "gaat niet open"),
        (b"PK\x03\x04" + b"\0" * 100, "gaat niet open"),
        (packed({f"{n}.txt": b"x" for n in range(301)}), "meer dan 300 bestanden"),
        (packed({"a.png": picture()}), "geen MJML, HTML of tekst"),
        (zipped(a_DOT_zip=zipped(b_DOT_html="x")), "geen MJML, HTML of tekst"),
        (b"\x7fELF\0\0\0", "geen MJML, HTML of tekst"),
        (b"<p>" + b"x" * 600_000, "600 kB"),
        (b"<mjml><mj-body><mj-section>", "mj-section"),
        (b"<mjml><mj-body><mj-include path='/etc/passwd'/></mj-body></mjml>", "mj-include"),
    ],
    ids=[
        "bomb",
        "lying",
        "locked",
        "broken",
        "many",
        "no source",
        "zip in zip",
        "binary",
        "large",
        "open",
        "include",
    ],
)
def test_what_can_t_be_a_mail_is_refused_and_nothing_is_kept(shop_client, shop, data, words):
    assert words in give(shop_client, data, filename="x.zip")
    assert nothing_kept(shop)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_bundle_or_refused(data):
    for head in (b"", rules_bundle.ZIP, packed({"a.html": "<p>x</p>"})[:-30]):
        try:
            found = rules_bundle.of_file(head + data, "x")
        except SourceError:
            continue
        assert found.kind in ("html", "mjml", "text", "blocks")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (antivirus.Infected("Eicar-Test"), "Eicar-Test"),
        (antivirus.ScannerDown("x"), "antwoordt niet"),
        (antivirus.ScannerMissing("x"), "geen virusscanner"),
    ],
)
def test_nothing_is_opened_before_it_is_scanned(shop_client, shop, monkeypatch, problem, words):
    def refuse(_chunks, _env):
        raise problem

    monkeypatch.setattr(antivirus, "scan", refuse)
    monkeypatch.setattr(rules_bundle, "of_file", lambda *_given: pytest.fail("opened before it was scanned"))
    monkeypatch.setattr(
        rules_bundle, "of_source", lambda *_given: pytest.fail("opened before it was scanned")
    )
    assert words in give(shop_client, packed({"index.html": HTML}))
    assert words in give(shop_client, source=HTML)
    assert nothing_kept(shop)


def test_without_room_for_its_pictures_nothing_is_kept(shop_client, shop):
    Package.objects.create(name="Klein", storage=10, is_default=True)
    page = give(shop_client, packed({"index.html": HTML, "beelden/krat.png": picture()}))
    assert "geen ruimte meer" in page
    assert nothing_kept(shop)


def test_a_page_comes_with_its_pictures_and_styles(shop_client, shop, monkeypatch):
    files = {
        "https://x.example/mail/": b'<html><head><link rel="stylesheet" href="../a.css"></head><body><h1>Dag</h1>'
        b'<img src="/krat.png" alt="Krat"><a href="verder">Verder</a></body></html>',
        "https://x.example/a.css": b"h1{color:#7a1f3d}",
        "https://x.example/krat.png": picture(),
    }

    def fetch(url, *, largest=0, resolver=None):
        if url not in files:
            raise NotFetched("unknown")
        return Fetched(url=url, kind="", data=files[url])

    monkeypatch.setattr(webpage, "fetch", fetch)
    give(shop_client, address="https://x.example/mail/")
    with account(shop.id):
        made, image = Template.objects.get(), Image.objects.get()
    assert image.token in made.source
    assert 'href="https://x.example/mail/verder"' in made.source
    assert "#7a1f3d" in made.source
    assert "niet bekend" in give(shop_client, address="https://weg.example/")


def test_an_address_inside_is_never_fetched(shop_client, shop):
    assert "eigen netwerk" in give(shop_client, address="http://127.0.0.1:9/")
    assert nothing_kept(shop)


@pytest.mark.parametrize("given", [{}, {"address": "x.nl", "source": "<p>x</p>"}])
def test_one_way_is_chosen(shop_client, shop, given):
    page = give(shop_client, **given)
    assert "Dit klopt nog niet" in page
    assert nothing_kept(shop)


def test_taken_along_and_brought_in_again_it_is_the_same_mail(shop_client, stranger_client, shop, stranger):
    with account(shop.id):
        image = actions_images.keep_image(picture(), name="krat.png", alt="Een krat")
        source = mail(block("heading"), block("image", src=actions_images.address_of(image), alt="Een krat"))
        draft = Draft(kind="blocks", source=source, subject="Kerst", preheader="Lees mee")
        made = actions.make_template(name="Kerst 2026", draft=draft)
    answer = shop_client.get(at("export", made.pk))
    assert answer["Content-Type"] == "application/zip"
    give(stranger_client, answer.content, filename="kerst.zip")
    with account(stranger.id):
        theirs, copy = Template.objects.get(), Image.objects.get()
    assert (theirs.name, theirs.subject, theirs.preheader) == ("Kerst 2026", "Kerst", "Lees mee")
    assert copy.token != image.token
    assert copy.alt == "Een krat"
    assert theirs.source == json.dumps(
        json.loads(made.source.replace(image.token, copy.token)), ensure_ascii=False
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"gemaakt/mail.html", "gemaakt/mail.txt"} <= set(archive.namelist())


def test_an_export_never_holds_a_stranger_s_picture(in_shop, stranger):
    with account(stranger.id):
        theirs = actions_images.keep_image(picture(), name="x", alt="")
        address = actions_images.address_of(theirs)
    source = mail(block("image", src=address))
    made = actions.make_template(name="a", draft=Draft(kind="blocks", source=source))
    with zipfile.ZipFile(io.BytesIO(actions_bundle.export(made))) as archive:
        assert not [name for name in archive.namelist() if theirs.token in name]


def test_html_among_blocks_comes_in_only_by_who_may(shop_client, shop):
    with account(shop.id):
        Membership.objects.update(role=Membership.Role.EDITOR)
    data = packed({"sjabloon.json": '{"kind":"blocks","source":"bron.txt"}', "bron.txt": mail(block("code"))})
    assert "beheerder" in give(shop_client, data)
    assert nothing_kept(shop)


def test_folders_hold_templates_and_are_renamed(shop_client, shop):
    assert "Ingelezen" in give(shop_client, source=MJML, name="Kerst", folder="Winter")
    give(shop_client, source=MJML, name="Strand")
    page = shop_client.get(at("templates") + "?map=Winter").content.decode()
    assert "Kerst" in page
    assert "Strand" not in page
    shop_client.post(at("rename_folder"), {"old": "Winter", "new": "Feest"})
    with account(shop.id):
        kerst, zon = Template.objects.get(name="Kerst"), Template.objects.get(name="Strand")
    assert kerst.folder == "Feest"
    shop_client.post(at("move", zon.pk), {"folder": "Feest"})
    assert "Strand" in shop_client.get(at("templates") + "?map=Feest").content.decode()
    shop_client.post(at("copy", zon.pk))
    with account(shop.id):
        assert Template.objects.filter(folder="Feest").count() == 3


def test_a_template_says_where_it_is_used(shop_client, shop):
    with account(shop.id):
        made = actions.make_template(name="a", draft=Draft(kind="mjml", source=MJML))
        Mailing.objects.create(name="Kerstmail", template=made, kind="mjml")
        assert uses.counts_of([made.pk]) == {made.pk: 1}
    page = shop_client.get(at("edit", made.pk)).content.decode()
    assert "Gebruikt in 1 mailing" in page
    assert "Kerstmail" in page
    assert "1 mailing" in shop_client.get(at("templates")).content.decode()


@pytest.mark.parametrize("name", ["export", "move"])
def test_a_stranger_finds_no_template(stranger_client, shop, name):
    with account(shop.id):
        made = actions.make_template(name="a", draft=Draft(kind="mjml", source=MJML))
    call = stranger_client.get if name == "export" else stranger_client.post
    assert call(at(name, made.pk)).status_code == 404
