"""The parts as other rooms use them."""

import re

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation
from django.utils.html import strip_tags

from mailexpert.web.usage import Used


@pytest.fixture(autouse=True)
def dutch() -> object:
    with translation.override("nl"):
        yield


def draw(source: str, **context: object) -> str:
    text = Template("{% load face i18n %}" + source).render(Context(context))
    return re.sub(r"\s+", " ", text)


class Order(forms.Form):
    email = forms.EmailField(label="E-mailadres", help_text="Waar de bon heen gaat.")
    name = forms.CharField(label="Naam", required=False)
    kind = forms.ChoiceField(label="Soort", choices=[("a", "Appel"), ("b", "Peer")], widget=forms.RadioSelect)


FIELD = '{% include "web/parts/field.html" with field=form.email %}'


def test_a_field_ties_its_hint_and_its_error_to_the_control() -> None:
    html = draw(FIELD, form=Order({"email": "jan@@voorbeeld.nl"}))
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert described[1].split() == ["id_email_helptext", "id_email_error"]
    assert all(f'id="{name}"' in html for name in described[1].split())


def test_a_field_that_may_stay_empty_says_so() -> None:
    html = draw('{% include "web/parts/field.html" with field=form.name %}', form=Order())
    assert "(mag leeg blijven)" in html


def test_a_question_with_choices_is_a_fieldset_with_a_legend() -> None:
    html = draw('{% include "web/parts/field.html" with field=form.kind %}', form=Order())
    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert '<label for="id_kind_1">Peer</label>' in html


def test_the_summary_of_errors_leads_to_each_field() -> None:
    html = draw('{% include "web/parts/error_summary.html" %}', form=Order({}))
    assert 'href="#id_email"' in html
    assert 'href="#id_kind"' in html
    assert 'id="id_kind"' in draw('{% include "web/parts/field.html" with field=form.kind %}', form=Order({}))


def test_a_sum_is_shown_as_a_sum_and_leaves_out_what_is_over() -> None:
    html = draw("{% sum counts %}", counts={"sent": 4043, "skipped": 46, "failed": 12, "in_doubt": 2})
    assert "<dd>4.103</dd>" in html
    assert "nog te gaan" not in html
    assert "in twijfel" in html


def test_what_still_waits_is_a_term_of_the_sum() -> None:
    assert "nog te gaan" in draw("{% sum counts %}", counts={"sent": 1, "waiting": 5})


def test_a_state_has_a_shape_beside_its_word() -> None:
    html = draw('{% state "broken" "Mislukt" %}')
    assert "icons.svg#s-fail" in html
    assert "Mislukt" in html


def test_a_tab_carries_the_title_of_its_page_without_markup() -> None:
    page = Template('{% extends "web/base.html" %}{% block title %}<b>Acties</b> &amp; meer{% endblock %}')
    assert "<title>Acties &amp; meer · MailExpert</title>" in page.render(Context({}))


@pytest.mark.parametrize(
    "source",
    [
        "{% bar counts %}",
        "{% sum counts %}",
        "{% meter used %}",
        '{% progress 5 10 "ingelezen" %}',
        "{% share_bar 5 10 %}",
        "{% sparkline spark %}",
    ],
)
def test_no_part_needs_a_style_attribute(source: str) -> None:
    used = Used(key="mails", label="Mails", used=5, limit=10, unit="")
    assert "style=" not in draw(source, counts={"sent": 1, "waiting": 5}, spark=[1, 2], used=used)


def test_use_is_written_with_its_limit_and_bytes_as_sizes() -> None:
    picture = Used(key="storage", label="Afbeeldingen", used=212_000_000, limit=1_000_000_000, unit="bytes")
    assert strip_tags(draw("{% used_of used %}", used=picture)) == "212 MB van 1,0 GB"
    unlimited = Used(key="contacts", label="Contacten", used=4812, limit=None, unit="")
    assert strip_tags(draw("{% meter used %}", used=unlimited)).strip() == "Contacten4.812"


def test_a_large_number_in_a_machine_attribute_has_no_separators() -> None:
    html = draw('{% progress 2916 4103 "ingelezen" %}')
    assert 'aria-valuemax="4103"' in html
    assert "2.916" in html
