"""Pictures lie in the home or in a store that speaks S3; readers fetch them the same way, also from an own host."""

import dataclasses
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pixels

from mailexpert.base import env, files, webpage
from mailexpert.base.webpage import Fetched, NotFetched
from mailexpert.config import settings as ours
from mailexpert.content import actions, actions_brand, actions_images, hosts, store
from mailexpert.content.jobs import look_at_hosts
from mailexpert.content.models import Brand, Image, Revision, Template
from mailexpert.content.rules_image import clean, narrower
from mailexpert.content.tests import s3_peer
from mailexpert.content.tests.block_samples import block, mail
from mailexpert.content.values import Draft
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.sending import queries_domains

WRONG = (
    "https://x/bak",
    "s3://k:s@host",
    "s3://k:s@host/",
    "s3://k:s@host:x/bak",
    "s3://k@host/bak",
)


def picture(kind="PNG", size=(400, 200), **options):
    out = io.BytesIO()
    Pixels.new("RGB", size, "#0f5c5c").save(out, kind, **options)
    return out.getvalue()


def at(name, *args):
    return reverse(f"content:{name}", args=args)


def upload(client, name, image, data):
    file = SimpleUploadedFile("nieuw.png", data, content_type="image/png")
    return client.post(at(name, image.pk), {"file": file}, follow=True).content.decode()


@pytest.fixture
def s3(monkeypatch):
    """The images' store as the settings would make it for this address."""
    with s3_peer.running() as peer:
        found = dataclasses.replace(env.load(), files_url=peer.address)
        monkeypatch.setattr(ours, "ENV", found)
        from django.conf import settings

        with override_settings(STORAGES={**settings.STORAGES, "images": ours.file_storage("images")}):
            yield peer


@pytest.fixture
def kept(shop):
    with account(shop.id):
        return actions_images.keep_image(picture(), name="krat.png", alt="Een krat")


def test_an_address_of_a_store_is_read_whole():
    found = files.read("s3://sleu%2Ftel:ge%40heim@s3.example:9000/bak/een/map?region=eu-west-1&tls=off")
    assert (found.key, found.secret, found.region) == ("sleu/tel", "ge@heim", "eu-west-1")
    assert (found.endpoint, found.bucket, found.prefix) == ("http://s3.example:9000", "bak", "een/map")


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_address_is_told_at_the_start_without_its_secret(url):
    with pytest.raises(env.EnvironmentProblem) as told:
        env.read({"MAILEXPERT_FILES_URL": url})
    assert "k:s" not in str(told.value)


def test_a_picture_goes_to_the_store_and_comes_back_to_its_reader(s3, in_shop, client):
    made = actions_images.keep_image(picture(), name="krat.png", alt="Een krat")
    path = f"/bak/map/images/{in_shop.id}/{made.token}.png"
    assert list(s3.kept) == [path]
    assert all(line.startswith("AWS4-HMAC-SHA256 Credential=sleutel/") for line in s3.signed)
    shown = client.get("/" + actions_images.address_of(made).split("/", 3)[3])
    assert b"".join(shown.streaming_content) == s3.kept[path]
    assert "immutable" in shown["Cache-Control"]


def test_a_picture_that_is_deleted_leaves_the_store(
    s3, shop, shop_client, django_capture_on_commit_callbacks
):
    with account(shop.id):
        made = actions_images.keep_image(picture(), name="krat.png", alt="Een krat")
        with django_capture_on_commit_callbacks(execute=True):
            actions_images.delete_image(made)
    assert s3.kept == {}


def test_a_store_that_gives_no_answer_keeps_nothing_and_says_so(s3, shop, shop_client, client):
    with account(shop.id):
        made = actions_images.keep_image(picture(), name="krat.png", alt="Een krat")
    s3.is_down = True
    file = SimpleUploadedFile("a.png", picture(), content_type="image/png")
    answer = shop_client.post(at("upload_image"), {"file": file}, headers={"accept": "application/json"})
    assert "antwoordt niet" in answer.json()["detail"]
    with account(shop.id):
        assert Image.objects.count() == 1
    assert client.get(f"/beeld/{made.token}.png").status_code == 503


def test_a_picture_whose_bytes_are_gone_is_not_found(kept, client):
    store.forget(store.path_of(kept))
    assert client.get(f"/beeld/{kept.token}.png").status_code == 404


def test_making_it_narrower_gives_a_new_file(shop_client, shop, kept):
    shop_client.post(at("resize_image", kept.pk), {"width": 100})
    with account(shop.id):
        made = Image.objects.exclude(id=kept.pk).get()
    assert (made.width, made.height, made.original_id, made.alt) == (100, 50, kept.pk, "Een krat")
    page = shop_client.post(at("resize_image", kept.pk), {"width": 9000}, follow=True).content.decode()
    assert "tussen 16 en 1.200" in page


def test_replaced_everywhere_that_may_change_and_never_in_what_was_sent(shop_client, shop, kept):
    with account(shop.id):
        source = mail(block("image", src=actions_images.address_of(kept), alt="Een krat"))
        template = actions.make_template(name="a", draft=Draft(kind="blocks", source=source))
        draft = Mailing.objects.create(name="b", kind="blocks", source=source)
        sent = Mailing.objects.create(name="c", kind="blocks", source=source, state=Mailing.State.SENT)
        before = actions_images.bytes_of(kept)
    assert "2 sjablonen en concepten" in upload(shop_client, "replace_image", kept, picture("JPEG"))
    with account(shop.id):
        made = Image.objects.exclude(id=kept.pk).get()
        for row in (template, draft, sent):
            row.refresh_from_db()
        assert f"{made.token}.jpg" in template.source
        assert f"{made.token}.jpg" in draft.source
        assert json.loads(sent.source) == json.loads(source)
        assert draft.version == 2
        assert Revision.objects.filter(template=template).count() == 2
        assert actions_images.bytes_of(kept) == before


def test_the_brand_s_logo_is_in_use_and_replaced_too(shop_client, shop, kept):
    with account(shop.id):
        actions_brand.save(logo=kept, name="Winkel")
    shop_client.post(at("delete_image", kept.pk))
    upload(shop_client, "replace_image", kept, picture("JPEG"))
    with account(shop.id):
        made = Image.objects.exclude(id=kept.pk).get()
        assert Brand.objects.get().logo_id == made.pk


def test_what_is_no_picture_replaces_nothing(shop_client, shop, kept):
    assert "geen beeld" in upload(shop_client, "replace_image", kept, b"<svg onload=alert(1)>")
    with account(shop.id):
        assert Image.objects.count() == 1
        assert not Template.objects.exists()


@pytest.mark.parametrize("name", ["resize_image", "replace_image"])
def test_a_stranger_changes_no_picture(stranger_client, kept, name):
    assert stranger_client.post(at(name, kept.pk), {"width": 100}).status_code == 404


def test_a_gif_moves_on_without_its_notes_and_no_wider_than_a_mail_bears():
    frames = [Pixels.new("P", (1600, 8), n) for n in (3, 90, 200)]
    for n, frame in enumerate(frames):
        frame.putpalette([n * 80, 90, 200] * 256)
    out = io.BytesIO()
    options = {"save_all": True, "append_images": frames[1:], "duration": 70, "loop": 0}
    frames[0].save(out, "GIF", comment=b"Molenpad 12", **options)
    assert b"Molenpad" in out.getvalue()
    made = clean(out.getvalue())
    assert b"Molenpad" not in made.data
    with Pixels.open(io.BytesIO(made.data)) as found:
        assert (found.n_frames, found.info["duration"], found.size) == (3, 70, (1200, 6))
    assert narrower(out.getvalue(), width=400).width == 400


@pytest.fixture
def leading(monkeypatch):
    """Hosts that lead here, as fetching from them would show."""
    there = set()

    def fetch(url, *, largest=0, resolver=None):
        host, _slash, path = url.partition("://")[2].partition("/")
        if host not in there:
            raise NotFetched("unknown")
        return Fetched(url=url, kind="text/plain", data=Client().get(f"/{path}").content)

    monkeypatch.setattr(webpage, "fetch", fetch)
    return there


def test_an_own_host_is_used_once_it_leads_here(shop_client, shop, kept, leading):
    page = shop_client.post(at("set_host"), {"host": "Beeld.Winkel.example"}, follow=True).content.decode()
    assert "wijst nog niet hierheen" in page
    with account(shop.id):
        assert actions_images.address_of(kept).startswith(env.load().base_url)
    leading.add("beeld.winkel.example")
    assert (
        "wijst hierheen"
        in shop_client.post(at("set_host"), {"host": "beeld.winkel.example"}, follow=True).content.decode()
    )
    with account(shop.id):
        address = actions_images.address_of(kept)
    assert address == f"http://beeld.winkel.example/beeld/{kept.token}.png"
    answer = Client().get(f"/beeld/{kept.token}.png", headers={"host": "beeld.winkel.example"})
    assert b"".join(answer.streaming_content) == actions_images.bytes_of(kept)
    assert Client().get("/inloggen/", headers={"host": "beeld.winkel.example"}).status_code == 400


def test_a_host_that_leads_here_no_longer_is_left_the_next_day(shop, kept, leading, run_jobs):
    leading.add("beeld.winkel.example")
    with account(shop.id):
        assert actions_images.set_host("beeld.winkel.example", timezone.now())
    leading.clear()
    look_at_hosts.run()
    run_jobs()
    with account(shop.id):
        assert Brand.objects.get().host_seen_at is None
        assert actions_images.address_of(kept).startswith(env.load().base_url)


def test_only_a_host_under_a_verified_domain_where_mail_leaves(shop_client, shop, monkeypatch, leading):
    monkeypatch.setattr(queries_domains, "mail_leaves", lambda: True)
    page = shop_client.post(at("set_host"), {"host": "beeld.ander.example"}).content.decode()
    assert "afzenderdomein" in page
    assert "geen hostnaam" in shop_client.post(at("set_host"), {"host": "http://x/"}).content.decode()


def test_another_installation_s_answer_is_not_ours(in_shop, monkeypatch):
    monkeypatch.setattr(webpage, "fetch", lambda url, **_o: Fetched(url=url, kind="", data=b"iets anders"))
    assert not hosts.leads_here("beeld.winkel.example")


def test_a_proxy_hears_which_hosts_were_named(shop, client, leading):
    assert client.get("/beeld/mag?domain=beeld.winkel.example").status_code == 404
    with account(shop.id):
        actions_images.set_host("beeld.winkel.example", timezone.now())
    assert client.get("/beeld/mag?domain=beeld.winkel.example").status_code == 200
    assert client.get("/beeld/mag?domain=").status_code == 404
