"""A field of a sign-up form as a visitor gets it."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxSelectMultiple

register = template.Library()


@register.inclusion_tag("contacts/signup/field.html")
def visitor_field(field: BoundField) -> dict[str, Any]:
    return {"field": field, "is_group": isinstance(field.field.widget, CheckboxSelectMultiple)}
