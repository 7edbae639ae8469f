"""The record of processing (article 30 GDPR), the table of purposes and the cookie list, all from the data register."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from mailexpert.core import register
from mailexpert.core.register import Folder, Table
from mailexpert.privacy.words_register import told

NOTHING = ""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One processing: the same purpose on the same ground for the same people."""

    purpose: str
    ground: str
    subject: str
    categories: tuple[str, ...]
    keep: tuple[str, ...]
    places: tuple[str, ...]
    security: tuple[str, ...]


def activities() -> list[Activity]:
    """In the words of the register: terms, not sentences."""
    groups: dict[tuple[str, str, str], list[Table | Folder]] = {}
    kept: list[Table | Folder] = [*register.tables().values(), *register.folders().values()]
    for one in kept:
        if one.subject != "nobody":
            groups.setdefault((one.purpose, one.ground, one.subject), []).append(one)
    return [_activity(*key, held) for key, held in sorted(groups.items())]


def purposes() -> list[dict[str, Any]]:
    """The table of the policy page, in the language that is active."""
    return [
        {
            "purpose": told(one.purpose),
            "ground": told(one.ground),
            "subject": told(one.subject),
            "categories": sorted({told(category) for category in one.categories}),
            "keep": [told(keep) for keep in one.keep],
        }
        for one in activities()
    ]


def cookies() -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "purpose": str(one.purpose),
            "kept": str(one.kept),
            "when": str(one.when),
            "essential": one.essential,
            "owner": one.owner,
        }
        for one in register.cookies().values()
    ]


def as_dict() -> dict[str, Any]:
    """For a program, in the register's own terms."""
    return {
        "activities": [asdict(one) for one in activities()],
        "tables": [
            {
                "name": table.name,
                "purpose": table.purpose,
                "ground": table.ground,
                "subject": table.subject,
                "keep": table.keep,
                "columns": {name: asdict(column) for name, column in table.columns.items()},
            }
            for table in register.tables().values()
        ],
        "log_fields": dict(register.LOG_FIELDS),
        "jobs": {name: dict(job.arguments) for name, job in register.jobs().items()},
        "cookies": cookies(),
        "folders": [_folder(folder) for folder in register.folders().values()],
    }


def as_markdown() -> str:
    """For people, in the language that is active."""
    heads = [_("Purpose"), _("Ground"), _("Whose data"), _("What"), _("How long")]
    rows = [
        [one["purpose"], one["ground"], one["subject"], ", ".join(one["categories"]), "; ".join(one["keep"])]
        for one in purposes()
    ]
    cookie_heads = [_("Cookie"), _("Purpose"), _("How long"), _("When")]
    cookie_rows = [[one["name"], one["purpose"], one["kept"], one["when"]] for one in cookies()]
    return "\n".join(
        [
            "# " + _("Record of processing"),
            "",
            *_table(heads, rows),
            "",
            "## " + _("Cookies"),
            "",
            *_table(cookie_heads, cookie_rows),
            "",
        ]
    )


def _table(heads: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines]


def _activity(purpose: str, ground: str, subject: str, held: list[Table | Folder]) -> Activity:
    return Activity(
        purpose=purpose,
        ground=ground,
        subject=subject,
        categories=tuple(sorted({category for one in held for category in _categories(one)})),
        keep=tuple(dict.fromkeys(one.keep for one in held)),
        places=tuple(one.name if isinstance(one, Table) else one.path for one in held),
        security=("row-level security between accounts", "TLS", "sealed secrets", "access by role"),
    )


def _categories(one: Table | Folder) -> set[str]:
    if isinstance(one, Folder):
        return {one.category}
    return {column.category for column in one.columns.values() if column.is_personal}


def _folder(folder: Folder) -> dict[str, Any]:
    return {name: value for name, value in asdict(folder).items() if name != "retention"}
