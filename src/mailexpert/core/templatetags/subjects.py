"""{% load subjects %}"""

from django.template import Library

from mailexpert.core import subjects

register = Library()


@register.filter
def as_subject(text: str) -> str:
    """{{ mailing.subject|as_subject }}: with fallbacks or names where fields stand."""
    return subjects.shown(text)
