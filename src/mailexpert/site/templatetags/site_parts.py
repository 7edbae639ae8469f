"""Parts of the operator's pages in templates: {% load site_parts %}."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from mailexpert.privacy.rules_text import Paragraph

register = template.Library()


@register.filter
def markup(paragraph: Paragraph) -> SafeString:
    return mark_safe(paragraph.html)  # noqa: S308  (rules_text escapes what was typed)


@register.simple_tag(takes_context=True)
def here(context: Mapping[str, Any], url_name: str) -> SafeString:
    """Marks the place in the console's menu that a page belongs to."""
    is_here = context["request"].path.startswith(reverse(url_name))
    return format_html(' aria-current="{}"', "page") if is_here else SafeString()


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key)
