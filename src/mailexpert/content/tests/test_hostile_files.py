"""Files that mean harm, at every door: refused or cleaned, named, and nothing of them kept."""

import ast
import io
import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pixels
from PIL import PngImagePlugin

from mailexpert.accounts.actions import make_token
from mailexpert.content import actions_images
from mailexpert.content.models import Brand, Image, Template
from mailexpert.content.rules_image import NoPicture, TooLarge, clean
from mailexpert.content.tests.test_bundle import packed
from mailexpert.core import doors
from mailexpert.core.scope import account

SOURCE = Path(__file__).parents[2]
SCRIPT = b"<script>alert('EVIL')</script>"


def picture(kind="PNG", **options):
    out = io.BytesIO()
    Pixels.new("RGB", (40, 20), "#0f5c5c").save(out, kind, **options)
    return out.getvalue()


def chunk(name, data):
    return struct.pack("!L", len(data)) + name + data + struct.pack("!L", zlib.crc32(name + data))


def png_bomb(side=40_000):
    """A picture of side x side in a few kB: one bit a pixel, all alike."""
    head = chunk(b"IHDR", struct.pack("!LLBBBBB", side, side, 1, 0, 0, 0, 0))
    pump = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1)
    body = b"".join(pump.compress(row) for _ in range(200)) + pump.flush()
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def gif_bomb():
    return (
        b"GIF89a"
        + struct.pack("<HH", 65_535, 65_535)
        + b"\x80\0\0"
        + b"\0\0\0\xff\xff\xff"
        + b","
        + b"\0" * 8
    )


def noted_png():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SCRIPT.decode())
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>EVIL</x:xmpmeta>")
    return picture(pnginfo=notes)


def located_jpeg():
    notes = Pixels.Exif()
    notes.get_ifd(0x8825)[2] = (52.0, 5.0, 11.0)
    notes[0x010E] = "EVIL Molenpad 12"
    return picture("JPEG", exif=notes, comment=b"EVIL")


REFUSED = {
    "a picture of 40,000 x 40,000": png_bomb(),
    "a GIF of 65,535 x 65,535": gif_bomb(),
    "an SVG with a script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>"
    + SCRIPT
    + b"</svg>",
    "an SVG behind a PNG's beginning": b"\x89PNG\r\n\x1a\n<svg>" + SCRIPT + b"</svg>",
    "a page that calls itself GIF": b"GIF89a=1;" + SCRIPT,
    "a zip": packed({"a.html": SCRIPT}),
    "a program": b"MZ" + b"\0" * 200,
    "a TIFF": picture("TIFF"),
    "a BMP": picture("BMP"),
    "a PDF": b"%PDF-1.7\n" + SCRIPT,
    "nothing": b"",
}
CLEANED = {
    "a JPEG with a zip behind it": picture("JPEG") + packed({"EVIL.html": SCRIPT}),
    "a PNG with a page behind it": picture() + SCRIPT,
    "a GIF that is a script too": picture("GIF", comment=SCRIPT) + b"/*EVIL*/",
    "a PNG with a script in its notes": noted_png(),
    "a JPEG with the place it was taken": located_jpeg(),
    "a WebP with notes": picture("WEBP", exif=b"EVIL", xmp=b"EVIL"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_unopened(name):
    with pytest.raises((NoPicture, TooLarge)):
        clean(REFUSED[name])


def test_the_bomb_is_small_itself():
    assert len(png_bomb()) < 20_000


@pytest.mark.parametrize("name", CLEANED)
def test_what_is_hidden_in_a_picture_is_gone(name):
    assert b"EVIL" in CLEANED[name]
    made = clean(CLEANED[name])
    assert b"EVIL" not in made.data
    with Pixels.open(io.BytesIO(made.data)) as found:
        assert not dict(found.getexif())
        assert not {"comment", "xmp", "exif", "Comment", "icc_profile"} & set(found.info)


def doors_for_pictures(client, image):
    def post(name, field="file", *args, **given):
        def go(data):
            file = SimpleUploadedFile("kwaad.png", data, content_type="image/png")
            address = reverse(f"content:{name}", args=args)
            return client.post(address, {field: file, **given}, follow=True).content.decode()

        return go

    brand = {"accent": "#7a1f3d", "ground": "#ffffff", "font": "arial", "logo_width": 160}
    yield post("upload_image")
    yield post("replace_image", "file", image.pk)
    yield post("brand", "logo_file", **brand)


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "nothing"])
def test_no_door_keeps_it_and_each_says_so(shop_client, shop, name):
    with account(shop.id):
        kept = actions_images.keep_image(picture(), name="krat.png", alt="")
    for give in doors_for_pictures(shop_client, kept):
        page = give(REFUSED[name])
        assert "geen beeld" in page or "te groot" in page
    files = {"index.html": '<h1>Dag</h1><img src="kwaad.png" alt="">', "kwaad.png": REFUSED[name]}
    data = {"file": SimpleUploadedFile("x.zip", packed(files)), "language": "nl"}
    assert (
        "kwaad.png is weggelaten"
        in shop_client.post(reverse("content:take_in"), data, follow=True).content.decode()
    )
    with account(shop.id):
        assert [image.pk for image in Image.objects.all()] == [kept.pk]
        assert not Brand.objects.exists()
        assert Template.objects.count() == 1


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "nothing"])
def test_the_api_keeps_it_no_more_than_a_page(shop, name):
    client = Client(headers={"Authorization": f"Bearer {make_token(shop.account, 'test')}"})
    file = SimpleUploadedFile("kwaad.png", REFUSED[name], content_type="image/png")
    answer = client.post("/api/v1/images", {"file": file, "alt": "Een krat"})
    assert answer.status_code in (413, 422)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    with account(shop.id):
        assert not Image.objects.exists()


@pytest.mark.parametrize(
    "path", ["/sjablonen/beelden/nieuw/", "/sjablonen/huisstijl/", "/sjablonen/inlezen/"]
)
def test_two_hundred_megabytes_are_refused_by_what_they_say_before_they_come(shop_client, shop, path):
    form = "multipart/form-data; boundary=x"
    sent = {"content_type": form, "CONTENT_LENGTH": "200000000"}
    page = shop_client.post(path, b"--x--", **sent)
    assert page.status_code == 413
    assert "Er is niets opgeslagen" in page.content.decode()
    told = shop_client.post(path, b"--x--", headers={"accept": "application/json"}, **sent)
    assert "MB" in told.json()["detail"]


def test_doors_say_how_much_they_take():
    assert doors.largest("/sjablonen/inlezen/") > doors.largest("/sjablonen/beelden/nieuw/") == doors.USUAL
    assert doors.largest("/contacten/inlezen/") == doors.largest("/api/v1/imports") > 10**9


# Where a file is read, and the module that scans it first.
DOORS = {
    "api/idempotency.py": "",  # a digest of what was sent, nothing is opened
    "api/routes/content.py": "content/actions_images.py",
    "api/routes/imports.py": "contacts/actions_import.py",
    "contacts/views/imports.py": "contacts/actions_import.py",
    "content/views_brand.py": "content/actions_images.py",
    "content/views_bundle.py": "content/actions_bundle.py",
    "content/views_library.py": "content/actions_images.py",
    "site/views/visits.py": "site/views/visits.py",
}


def test_every_door_for_files_has_a_scanner_behind_it():
    """A new door stands in this list, with the module that scans what comes through it."""
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts and _takes_files(path.read_text(encoding="utf-8"))
    }
    assert found == set(DOORS)
    for scanner in filter(None, DOORS.values()):
        assert "antivirus.scan(" in (SOURCE / scanner).read_text(encoding="utf-8"), scanner


def _takes_files(source):
    names = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    imported = {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return "FILES" in names or "UploadedFile" in imported
