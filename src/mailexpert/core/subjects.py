"""A subject with fields, as it is shown to who reads about a mailing and is none of its readers."""

import re
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mailexpert.mail import personalise

FIELD = re.compile(r"\{\{-?\s*contact\.([\w-]+)\s*((?:\|[^{}]*)?)-?\}\}")


def shown(subject: str) -> str:
    """With each field's fallback, else the field's name: “«voornaam», het nieuws van mei”. A condition on a reader is
    answered as of somebody who fits none. What can't be read stays as it was written."""
    return _shown(subject, get_language()) if "{" in subject else subject


@lru_cache(maxsize=1024)
def _shown(subject: str, _language: str | None) -> str:
    try:
        return personalise.render_text(FIELD.sub(_fallback_or_name, subject), {})
    except personalise.RenderProblem:
        return subject


def _fallback_or_name(found: re.Match[str]) -> str:
    name, filters = found[1], found[2]
    return found[0] if "default" in filters else f"«{_names().get(name, name.replace('_', ' '))}»"


def _names() -> dict[str, str]:
    return {"first_name": _("first name"), "last_name": _("last name"), "email": _("e-mail address")}
