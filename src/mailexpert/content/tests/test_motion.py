"""Animations for who can't bear them: they stop in time, or somebody is told; flashes are counted."""

import io

import pytest
from django.urls import reverse
from PIL import Image as Pixels

from mailexpert.content import actions_images, checks
from mailexpert.content.models import Image
from mailexpert.content.rules_image import clean, stopping
from mailexpert.content.rules_motion import FOREVER
from mailexpert.content.tests.block_samples import block, mail
from mailexpert.content.values import Draft
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people


def gif(*colours, time=100, loop=0):
    """One picture a colour, so many milliseconds each; `loop` as in the file, None for once."""
    frames = [Pixels.new("RGB", (40, 20), colour) for colour in colours]
    out = io.BytesIO()
    options = {} if loop is None else {"loop": loop}
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=time, **options)
    return out.getvalue()


GREY = ["#777777", "#888888", "#999999"]
BLINK = ["#000000", "#ffffff"]


@pytest.mark.parametrize(
    ("data", "moves_for", "flashes"),
    [
        (gif(*GREY, loop=0), FOREVER, 0),
        (gif(*GREY, loop=None), 300, 0),
        (gif(*GREY, loop=2), 900, 0),
        (gif(*GREY, time=10, loop=None), 300, 0),  # faster than mail programs show it
        (gif(*BLINK * 5, time=100, loop=None), 1000, 4),
        (gif(*BLINK * 5, time=500, loop=None), 5000, 1),
        (gif(*["#eeeeee", "#ffffff"] * 5, time=100, loop=None), 1000, 0),  # bright to bright is no flash
        (gif("#000000"), 0, 0),
    ],
)
def test_how_long_it_moves_and_how_often_it_flashes(data, moves_for, flashes):
    made = clean(data)
    assert (made.moves_for, made.flashes) == (moves_for, flashes)


@pytest.mark.parametrize(
    ("data", "moves_for", "frames"),
    [
        (gif(*GREY, time=500, loop=0), 4500, 3),  # three times
        (gif(*GREY, time=1500, loop=0), 4500, 3),  # once
        (gif(*GREY, time=2000, loop=0), 4000, 2),  # as far as it gets
        (gif(*GREY, time=9000, loop=0), 0, 1),
    ],
)
def test_it_stands_still_within_five_seconds(data, moves_for, frames):
    made = stopping(data)
    with Pixels.open(io.BytesIO(made.data)) as found:
        assert getattr(found, "n_frames", 1) == frames
        assert found.info.get("loop") != 0
    assert made.moves_for == moves_for


@pytest.fixture
def moving(shop):
    with account(shop.id):
        return actions_images.keep_image(gif(*BLINK * 5), name="kaars.gif", alt="Een kaars")


def test_a_mail_is_told_of_it(shop, moving):
    with account(shop.id):
        source = mail(block("image", src=actions_images.address_of(moving), alt="Een kaars"))
        found = {
            one.code: one for one in checks.check_draft(Draft(kind="blocks", source=source, subject="a"))
        }
    assert (found["image_moves"].level, found["image_moves"].where) == ("warn", "block:1")
    assert "4 keer in een seconde" in found["image_flashes"].text


def test_the_button_beside_the_check_lets_it_stop(shop_client, shop, moving):
    with account(shop.id):
        source = mail(block("image", src=actions_images.address_of(moving), alt="Een kaars"))
        mailing = draft(people(1)[0], kind="blocks", source=source)
    page = shop_client.get(reverse("mailings:show", args=[mailing.id])).content.decode()
    assert "Laten stoppen" in page
    shop_client.post(reverse("mailings:mend", args=[mailing.id]), {"code": "image_moves"})
    with account(shop.id):
        made = Image.objects.exclude(id=moving.pk).get()
        assert made.token in Mailing.objects.get().source
    assert made.moves_for <= 5000
    again = shop_client.post(
        reverse("mailings:mend", args=[mailing.id]), {"code": "image_moves"}, follow=True
    )
    assert "Er is niets veranderd" in again.content.decode()


def test_its_own_page_lets_it_stop_too(shop_client, shop, moving):
    page = shop_client.get(reverse("content:image", args=[moving.pk])).content.decode()
    assert "Binnen vijf seconden laten stoppen" in page
    assert "knippert 4 keer" in page
    answer = shop_client.post(reverse("content:let_stop", args=[moving.pk]))
    with account(shop.id):
        made = Image.objects.exclude(id=moving.pk).get()
    assert answer["Location"] == reverse("content:image", args=[made.pk])
    assert "laten stoppen" not in shop_client.get(answer["Location"]).content.decode()


def test_what_stands_still_has_nothing_to_stop(shop_client, shop):
    with account(shop.id):
        still = actions_images.keep_image(gif("#000000"), name="a.gif", alt="a")
    assert shop_client.post(reverse("content:let_stop", args=[still.pk])).status_code == 404


def test_a_stranger_stops_nothing(stranger_client, moving):
    assert stranger_client.post(reverse("content:let_stop", args=[moving.pk])).status_code == 404
