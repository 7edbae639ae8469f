"""Pictures are cleaned before they are kept, and shown to whoever has their name."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pixels

from mailexpert.content import actions_images
from mailexpert.content.models import Image
from mailexpert.content.rules_image import NoPicture, TooLarge, clean
from mailexpert.content.tests.test_hostile_files import png_bomb


def picture(kind="JPEG", size=(40, 20), **options):
    out = io.BytesIO()
    Pixels.new("RGB", size, "#0f5c5c").save(out, kind, **options)
    return out.getvalue()


def test_the_camera_s_notes_are_not_kept():
    notes = Pixels.Exif()
    notes[0x010E] = "Molenpad 12, Lindewoud"
    upload = picture(exif=notes)
    assert b"Molenpad" in upload
    kept = clean(upload)
    assert b"Molenpad" not in kept.data
    assert (kept.kind, kept.width, kept.height) == ("jpg", 40, 20)


@pytest.mark.parametrize(
    "data", [b"", b"<svg onload=alert(1)>", b"%PDF-1.4", picture()[:60], b"GIF89a" + b"\0" * 9]
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(NoPicture):
        clean(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_picture_or_refused(data):
    for head in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"):
        with pytest.raises((NoPicture, TooLarge)):
            clean(head + data)


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(TooLarge):
        clean(png_bomb(20_000))


def test_a_reader_sees_it_without_logging_in_and_nothing_else(in_shop, client, settings):
    made = actions_images.keep_image(picture("PNG"), name="krat.png", alt="Een krat")
    path = actions_images.address_of(made).split("/", 3)[3]
    shown = client.get(f"/{path}")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert b"".join(shown.streaming_content).startswith(b"\x89PNG")
    assert client.get(f"/beeld/{'x' * 24}.png").status_code == 404
    assert not shown.cookies
    Image.objects.all().delete()
