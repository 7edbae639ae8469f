"""The library of pictures: scanned, cleaned, described, cut to a new file, never taken from a mail that shows it."""

import io
import struct
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pixels

from mailexpert.base import antivirus
from mailexpert.content import actions, actions_images, views_library
from mailexpert.content.models import Image
from mailexpert.content.rules_image import TooLarge, clean, cut, narrower
from mailexpert.content.tests.block_samples import block, mail
from mailexpert.content.values import Draft
from mailexpert.core.scope import account


def picture(kind="PNG", size=(400, 200), **options):
    out = io.BytesIO()
    Pixels.new(options.pop("mode", "RGB"), size, options.pop("colour", "#0f5c5c")).save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def kept(shop):
    with account(shop.id):
        return actions_images.keep_image(picture(), name="krat.png", alt="Een krat")


def at(name, *args):
    return reverse(f"content:{name}", args=args)


def upload(client, data, name="krat.png", **headers):
    file = SimpleUploadedFile(name, data, content_type="image/png")
    return client.post(at("upload_image"), {"file": file, "alt": ""}, headers=headers)


def test_an_upload_is_kept_and_its_page_opens(shop_client, shop):
    answer = upload(shop_client, picture())
    with account(shop.id):
        made = Image.objects.get()
    assert answer["Location"] == at("describe_images")
    page = shop_client.get(at("image", made.pk)).content.decode()
    assert made.token in page
    assert "nog niet beschreven" in shop_client.get(at("images")).content.decode()


def test_a_script_gets_the_address(shop_client):
    answer = upload(shop_client, picture(), accept="application/json")
    assert answer.status_code == 201
    assert "/beeld/" in answer.json()["url"]


@pytest.mark.parametrize(
    "data", [b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 9, b"PK\x03\x04", b"\x89PNG\r\n\x1a\n<script>"]
)
def test_what_is_no_picture_is_refused_and_nothing_kept(shop_client, shop, data):
    answer = upload(shop_client, data, accept="application/json")
    assert answer.status_code == 422
    assert "geen beeld" in answer.json()["detail"]
    with account(shop.id):
        assert not Image.objects.exists()


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (antivirus.Infected("Eicar-Test"), "Eicar-Test"),
        (antivirus.ScannerDown("x"), "antwoordt niet"),
        (antivirus.ScannerMissing("x"), "geen virusscanner"),
    ],
)
def test_without_a_clean_scan_nothing_is_opened_or_kept(shop_client, shop, monkeypatch, problem, words):
    def refuse(_chunks, _env):
        raise problem

    monkeypatch.setattr(antivirus, "scan", refuse)
    monkeypatch.setattr(actions_images, "clean", lambda _data: pytest.fail("opened before it was scanned"))
    assert words in upload(shop_client, picture(), accept="application/json").json()["detail"]
    with account(shop.id):
        assert not Image.objects.exists()


def test_a_description_is_asked_unless_it_is_decoration(shop_client, shop, kept):
    page = shop_client.post(at("describe_image", kept.pk), {"name": "a", "alt": " "}).content.decode()
    assert "Zeg wat er te zien is" in page
    shop_client.post(at("describe_image", kept.pk), {"name": "a", "alt": "", "decorative": "on"})
    with account(shop.id):
        kept.refresh_from_db()
    assert (kept.name, kept.alt, kept.decorative) == ("a", "", True)


def test_cutting_makes_a_new_file_and_leaves_the_old_one(shop_client, shop, kept):
    before = actions_images.bytes_of(kept)
    shop_client.post(at("cut_image", kept.pk), {"ratio": "1:1", "across": 90, "down": 50})
    with account(shop.id):
        made = Image.objects.exclude(id=kept.pk).get()
    assert (made.width, made.height, made.original_id) == (200, 200, kept.pk)
    assert made.token != kept.token
    assert actions_images.bytes_of(kept) == before


def test_the_part_around_what_matters_is_kept():
    wide = Pixels.new("RGB", (400, 100), "#ffffff")
    wide.paste("#ff0000", (300, 0, 400, 100))
    out = io.BytesIO()
    wide.save(out, "PNG")
    right = Pixels.open(io.BytesIO(cut(out.getvalue(), ratio="1:1", focus=(100, 50)).data)).convert("RGB")
    left = Pixels.open(io.BytesIO(cut(out.getvalue(), ratio="1:1", focus=(0, 50)).data)).convert("RGB")
    assert right.getpixel((50, 50)) == (255, 0, 0)
    assert left.getpixel((50, 50)) == (255, 255, 255)


def test_a_picture_that_a_template_shows_can_t_be_deleted(shop_client, shop, kept):
    with account(shop.id):
        source = mail(block("image", src=actions_images.address_of(kept)))
        made = actions.make_template(name="a", draft=Draft(kind="blocks", source=source))
    shop_client.post(at("delete_image", kept.pk))
    with account(shop.id):
        assert Image.objects.exists()
        made.delete()
    shop_client.post(at("delete_image", kept.pk))
    with account(shop.id):
        assert not Image.objects.exists()


def test_webp_becomes_what_every_mail_program_shows():
    assert clean(picture("WEBP")).kind == "jpg"
    assert clean(picture("WEBP", mode="RGBA", colour=(15, 92, 92, 90))).kind == "png"


def test_a_photo_wider_than_a_sharp_screen_needs_is_made_smaller():
    made = clean(picture("JPEG", (4000, 2000)))
    assert (made.width, made.height) == (1200, 600)


def test_a_photo_with_more_pictures_behind_it_is_the_first_one():
    """Phones keep a second picture, of the depth or the light, behind the photo."""
    out = io.BytesIO()
    second = Pixels.new("RGB", (400, 200), "#ff0000")
    Pixels.new("RGB", (400, 200), "#0f5c5c").save(out, "MPO", save_all=True, append_images=[second])
    made = clean(out.getvalue())
    assert made.kind == "jpg"
    with Pixels.open(io.BytesIO(made.data)) as found:
        assert getattr(found, "n_frames", 1) == 1
        assert found.getpixel((9, 9)) == pytest.approx((15, 92, 92), abs=3)


def see_through(kind, width=400):
    """A palette whose first colour is no colour, as small logos have it."""
    made = Pixels.new("P", (width, 200), 0)
    made.putpalette([255, 0, 255, 15, 92, 92] + [0] * 762)
    made.paste(1, (width // 2, 50, width - 50, 150))
    out = io.BytesIO()
    made.save(out, kind, transparency=0)
    return out.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        lambda: clean(see_through("PNG")),
        lambda: clean(see_through("PNG", 1600)),
        lambda: clean(see_through("GIF")),
        lambda: cut(see_through("GIF"), ratio="1:1", focus=(50, 50)),
        lambda: narrower(see_through("PNG"), width=100),
    ],
    ids=["a PNG", "a wide PNG", "a GIF", "a part of a GIF", "a narrower PNG"],
)
def test_what_is_seen_through_stays_so(make):
    with Pixels.open(io.BytesIO(make().data)) as found:
        colours = found.convert("RGBA")
    assert colours.getpixel((2, 2))[3] == 0
    assert colours.getpixel((colours.width * 3 // 4, colours.height // 2)) == (15, 92, 92, 255)


def profile():
    """A note about colours (ICC.1) by which red and blue stand in each other's places."""

    def xyz(*given):
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(one * 65536) for one in given))

    red, green, blue = (0.436, 0.2225, 0.1392), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, 0x0233)
    tags = {b"wtpt": xyz(0.9642, 1, 0.8249), b"rXYZ": xyz(*blue), b"gXYZ": xyz(*green), b"bXYZ": xyz(*red)}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    head = b"lcms" + struct.pack(">I", 0x02100000) + b"mntrRGB XYZ " + b"\0" * 12 + b"acsp" + b"\0" * 28
    head += struct.pack(">3i", 63190, 65536, 54061) + b"\0" * 48
    return struct.pack(">I", 4 + len(head + table + body)) + head + table + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_for_better_screens_become_those_of_every_screen(kind):
    made = clean(picture(kind, colour="#ff0000", icc_profile=profile()))
    with Pixels.open(io.BytesIO(made.data)) as found:
        assert "icc_profile" not in found.info
        assert found.convert("RGB").getpixel((9, 9)) == pytest.approx((0, 0, 255), abs=6)


def test_a_profile_that_can_t_be_read_is_left_alone():
    made = clean(picture("PNG", icc_profile=b"onzin" * 40))
    with Pixels.open(io.BytesIO(made.data)) as found:
        assert found.getpixel((9, 9)) == (15, 92, 92)


def test_a_gif_of_hundreds_of_thousands_of_pictures_is_refused_at_once():
    head = b"GIF89a" + struct.pack("<HH", 2, 2) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0" + b"\x02\x00"
    began = time.process_time()
    with pytest.raises(TooLarge):
        clean(head + frame * 400_000 + b";")
    assert time.process_time() - began < 5


def test_an_animation_of_hundreds_of_pictures_is_refused():
    frames = [Pixels.new("P", (2, 2), n % 200) for n in range(310)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], optimize=False, duration=20)
    if getattr(Pixels.open(io.BytesIO(out.getvalue())), "n_frames", 1) < 301:
        pytest.skip("the encoder joined the pictures")
    with pytest.raises(TooLarge):
        clean(out.getvalue())


def test_what_stands_behind_a_picture_s_end_is_not_kept():
    assert b"EVIL" not in clean(picture() + b"<script>EVIL</script>").data


@pytest.mark.parametrize("name", ["image", "describe_image", "cut_image", "delete_image"])
def test_a_stranger_finds_no_picture(stranger_client, kept, name):
    call = stranger_client.get if name == "image" else stranger_client.post
    assert call(at(name, kept.pk)).status_code == 404
    assert kept.token not in stranger_client.get(at("choose_image")).content.decode()


def test_every_refusal_has_its_own_sentence():
    assert len({views_library.said(kind()) for kind in views_library.REFUSALS}) == 7
