import pytest
from django.utils import translation

from mailexpert.core.subjects import shown


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("Het nieuws van mei", "Het nieuws van mei"),
        ("{{ contact.first_name }}, het nieuws", "«voornaam», het nieuws"),
        ("{{contact.first_name|default: 'Beste lezer'}}, het nieuws", "Beste lezer, het nieuws"),
        ("Nieuws uit {{ contact.woon_plaats | upcase }}", "Nieuws uit «woon plaats»"),
        (
            "{% if contact.first_name %}Dag {{ contact.first_name }}{% else %}Dag lezer{% endif %}",
            "Dag lezer",
        ),
        ("{{ contact.first_name", "{{ contact.first_name"),
        ("{% if %}", "{% if %}"),
    ],
)
def test_a_subject_is_shown_with_the_fallback_of_a_field_or_its_name(subject: str, said: str) -> None:
    with translation.override("nl"):
        assert shown(subject) == said


def test_the_name_is_in_the_language_of_who_reads() -> None:
    for language, said in (("nl", "«voornaam»"), ("en", "«first name»"), ("nl", "«voornaam»")):
        with translation.override(language):
            assert shown("{{ contact.first_name }}") == said
