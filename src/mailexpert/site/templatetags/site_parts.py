"""Parts of the operator's pages in templates: {% load site_parts %}."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from mailexpert.privacy.rules_text import Paragraph

register = template.Library()


@register.filter
def markup(paragraph: Paragraph) -> SafeString:
    return mark_safe(paragraph.html)  # noqa: S308  (rules_text escapes what was typed)


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key)
