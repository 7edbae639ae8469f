"""A logo that goes under on its sheet, code that comes to no end, and the reader's language as a field."""

import io

import pytest
from django.urls import reverse
from PIL import Image as Pixels
from PIL import ImageDraw

from mailexpert.contacts.models import Contact
from mailexpert.content import actions, actions_images, queries
from mailexpert.content.blocks.look import DARK_SHEET, SHEET
from mailexpert.content.checks import check_draft
from mailexpert.content.rules_image import seen_on
from mailexpert.content.values import Draft
from mailexpert.core.scope import account


def logo(ink, ground=(0, 0, 0, 0)):
    made = Pixels.new("RGBA", (160, 60), ground)
    ImageDraw.Draw(made).ellipse((20, 10, 140, 50), fill=ink)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "by_day", "in_the_dark"),
    [
        (logo("#14213d"), True, False),
        (logo("#ffffff"), False, True),
        (logo("#e4572e"), True, True),
        (logo("#14213d", "#ffffff"), False, True),  # on a white ground of its own: a white card in the dark
        (logo((0, 0, 0, 40)), True, True),
    ],
)
def test_a_logo_is_told_from_its_sheet_or_not(data, by_day, in_the_dark):
    assert (seen_on(data, SHEET) >= 0.5, seen_on(data, DARK_SHEET) >= 0.5) == (by_day, in_the_dark)


def test_the_brand_page_warns_of_a_dark_logo(shop_client, shop):
    with account(shop.id):
        dark = actions_images.keep_image(logo("#14213d"), name="logo.png", alt="Winkel")
    told = shop_client.get(reverse("content:judge_brand"), {"logo": dark.pk}).content.decode()
    assert told.count("is van het vel niet te onderscheiden") == 1
    assert "Je logo, op het donkere vel" in told


def test_a_stranger_s_logo_is_not_looked_at(stranger_client, shop):
    with account(shop.id):
        dark = actions_images.keep_image(logo("#14213d"), name="logo.png", alt="Winkel")
    told = stranger_client.get(reverse("content:judge_brand"), {"logo": dark.pk}).content.decode()
    assert dark.token not in told
    assert "Je logo" not in told


ENDLESS = "<h1>a</h1>{% for a in (1..999999999) %}{% for b in (1..999999999) %}x{% endfor %}{% endfor %}"
GROWING = (
    "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}"
)


@pytest.mark.parametrize(
    ("source", "subject"), [(ENDLESS, "a"), (f"<h1>a</h1>{GROWING}", "a"), ("<h1>a</h1>", GROWING)]
)
def test_code_that_comes_to_no_end_is_named_before_sending(in_shop, source, subject):
    found = check_draft(Draft(kind="html", source=source, subject=subject))
    assert [(check.code, check.level) for check in found if check.level == "block"] == [("source", "block")]
    assert "geen eind" in found[0].text


def test_the_reader_s_language_is_a_field(in_shop):
    assert '{{ contact.language | default: "" }}' in {choice.code for choice in queries.field_choices()}
    source = '{% if contact.language == "en" %}Hello{% else %}Dag{% endif %}'
    draft = Draft(kind="text", source=source, subject="a")
    assert not [check for check in check_draft(draft) if check.code == "field_unknown"]
    reader = Contact.objects.create(email="chloe@voorbeeld.example", language="en")
    assert actions.render_preview(draft, reader).text.startswith("Hello")
    assert actions.render_preview(draft).text.startswith("Dag")
