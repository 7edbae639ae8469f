"""Templates of an account, starters, and the readers that a mail can be tried on."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from mailexpert.contacts import queries_segments
from mailexpert.contacts.models import Field, Segment
from mailexpert.content.models import Image, Template
from mailexpert.content.queries_readers import OWN_FIELDS
from mailexpert.content.rules_segments import name_of
from mailexpert.content.values import FieldChoice, Starter

STARTERS = Path(__file__).parent / "starters"
LANGUAGES = ("nl", "en")
PAGE = 25

IN_BLOCKS = (
    "news", "invite", "appeal", "thanks", "offer", "sale", "event", "digest", "season", "survey", "plain", "notice",
)  # fmt: skip
# Name, what it is for, the source's file, subject and first line in the inbox.
GALLERY = {
    "newsletter": (
        gettext_lazy("Newsletter in MJML"),
        gettext_lazy("One main story with a button, and two short items below it."),
        "mjml",
        gettext_lazy("What this mail is about, in one line"),
        gettext_lazy("The line that stands beside the subject in the inbox."),
    ),
    "invitation": (
        gettext_lazy("Invitation in MJML"),
        gettext_lazy("An event with its facts in a table and one button to sign up."),
        "mjml",
        gettext_lazy("You are invited: the name of your event"),
        gettext_lazy("Day, place, and that they can sign up."),
    ),
    "letter": (
        gettext_lazy("Letter in plain text"),
        gettext_lazy("Plain text, as you would write it to one person."),
        "text",
        gettext_lazy("A message from your organisation"),
        "",
    ),
}


def templates(term: str = "", folder: str = "") -> QuerySet[Template]:
    """The account's templates, the last changed first."""
    found = Template.objects.order_by("-updated_at", "-id")
    found = found.filter(folder=folder) if folder else found
    return found.filter(name__icontains=term) if term else found


def folders() -> list[tuple[str, int]]:
    """Each folder with how many templates lie in it."""
    rows = Template.objects.exclude(folder="").values("folder").annotate(n=Count("id")).order_by("folder")
    return [(row["folder"], row["n"]) for row in rows]


def page_of_templates(
    term: str, after: tuple[datetime, int] | None, folder: str = ""
) -> tuple[list[Template], bool]:
    """One page, and whether more follows."""
    rows = templates(term, folder)
    if after is not None:
        moment, last = after
        rows = rows.filter(Q(updated_at__lt=moment) | Q(updated_at=moment, id__lt=last))
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def gallery(language: str = "nl") -> list[Starter]:
    """The templates that come with MailExpert, in one language: mails of blocks first."""
    return [starter for slug in (*IN_BLOCKS, *GALLERY) if (starter := starter_of(slug, language))]


@cache
def starter_of(slug: str, language: str) -> Starter | None:
    if language not in LANGUAGES:
        return None
    if slug in IN_BLOCKS:
        given = json.loads((STARTERS / "blocks" / f"{slug}.{language}.json").read_text(encoding="utf-8"))
        source = json.dumps(given.pop("mail"), ensure_ascii=False)
        return Starter(slug=slug, kind="blocks", language=language, source=source, **given)
    if slug not in GALLERY:
        return None
    name, description, kind, subject, preheader = GALLERY[slug]
    suffix = "txt" if kind == "text" else kind
    with override(language):
        return Starter(
            slug=slug,
            name=str(name),
            description=str(description),
            kind=kind,
            language=language,
            subject=str(subject),
            preheader=str(preheader),
            source=(STARTERS / f"{slug}.{language}.{suffix}").read_text(encoding="utf-8"),
        )


def mail_of(starter: Starter) -> dict[str, Any]:
    """A shipped mail of blocks as values, to be changed."""
    found: dict[str, Any] = json.loads(starter.source)
    return found


def written(mail: Mapping[str, Any]) -> str:
    return json.dumps(mail, ensure_ascii=False)


def image_bytes() -> int:
    """How much room the account's pictures take."""
    return Image.objects.aggregate(size=Sum("size"))["size"] or 0


def field_names() -> set[str]:
    """What may stand after `contact.` in a source."""
    segments = map(name_of, Segment.objects.values_list("id", flat=True))
    return {*OWN_FIELDS, *Field.objects.values_list("name", flat=True), *segments}


def segment_choices() -> list[tuple[int, str]]:
    """The segments that a block can be shown to."""
    return [(found.pk, found.name) for found in queries_segments.segments()]


def field_choices() -> list[FieldChoice]:
    """The fields for the menu, each written with a fallback where a person may have none."""
    reader = _("reader")
    fallback = '{{{{ contact.{name} | default: "" }}}}'
    own = [
        FieldChoice(
            label=_("First name"),
            name="first_name",
            code=f'{{{{ contact.first_name | default: "{reader}" }}}}',
        ),
        FieldChoice(label=_("Last name"), name="last_name", code=fallback.format(name="last_name")),
        FieldChoice(label=_("E-mail address"), name="email", code="{{ contact.email }}"),
        FieldChoice(label=_("Language"), name="language", code=fallback.format(name="language")),
    ]
    custom = [
        FieldChoice(label=field.label, name=field.name, code=fallback.format(name=field.name))
        for field in Field.objects.order_by("label", "id")
    ]
    links = [
        FieldChoice(label=_("Unsubscribe link"), code="{{ unsubscribe_url }}"),
        FieldChoice(label=_("Link to preferences"), code="{{ preferences_url }}"),
        FieldChoice(label=_("Link to the mail in the browser"), code="{{ browser_url }}"),
    ]
    return [*own, *custom, *links]
