"""Translations without gettext's binaries: update the .po files, compile them, check them.

    python tools/messages.py update contacts mailings    # no room named = every room
    python tools/messages.py compile
    python tools/messages.py check

English is the msgid itself. Dutch is written by hand in <room>/locale/nl/LC_MESSAGES/django.po.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOMS = Path(__file__).resolve().parent.parent / "src" / "mailexpert"
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: nl\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_now": None,  # where _ is the lazy one
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
OUTSIDE = {"tests", "migrations", "static", "locale"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[str, str | None]


def po_path(room: str) -> Path:
    return ROOMS / room / "locale" / "nl" / "LC_MESSAGES" / "django.po"


def every_room() -> list[str]:
    return sorted(path.parent.name for path in ROOMS.glob("*/__init__.py"))


def sources(room: str) -> Iterator[Path]:
    for path in sorted((ROOMS / room).rglob("*")):
        if path.suffix in {".py", ".html", ".txt"} and not OUTSIDE & set(path.relative_to(ROOMS).parts):
            yield path


def as_python(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    # What templatize leaves of the markup has indents of its own, and Python's tokenizer minds those.
    return "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())


def used(room: str) -> Catalog:
    """Every msgid that the room's code and templates name."""
    catalog = Catalog(locale="nl")
    for path in sources(room):
        if path.suffix == ".txt" and "templates" not in path.parts:
            continue
        source = io.BytesIO(as_python(path).encode())
        for _line, message, _comments, context in extract("python", source, keywords=KEYWORDS):
            if message and message != ("", ""):
                catalog.add(message, context=context)
    return catalog


def written(room: str) -> Catalog:
    path = po_path(room)
    if not path.exists():
        return Catalog(locale="nl")
    with path.open("rb") as file:
        return read_po(file, locale="nl")


def key(message: Message) -> Key:
    identity = message.id if isinstance(message.id, str) else message.id[0]
    return identity, message.context


def messages(catalog: Catalog) -> dict[Key, Message]:
    return {key(message): message for message in catalog if message.id}


def forms(message: Message) -> list[str]:
    string = message.string or ""
    return [string] if isinstance(string, str) else list(string)


def update(room: str) -> str:
    wanted, known = messages(used(room)), messages(written(room))
    if not wanted:
        return ""
    catalog = Catalog(locale="nl")
    for identity, message in wanted.items():
        old = known.get(identity)
        plural = not isinstance(message.id, str)
        kept = old.string if old and plural == (not isinstance(old.id, str)) else None
        catalog.add(message.id, string=kept or (("", "") if plural else ""), context=message.context)
    out = io.BytesIO()
    write_po(out, catalog, no_location=True, omit_header=True, sort_output=True, width=110)
    path = po_path(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + out.getvalue().decode(), encoding="utf-8")
    empty = sum(not all(forms(message)) for message in messages(catalog).values())
    return f"{room}: {len(wanted)} messages, {empty} without Dutch"


def compile_room(room: str) -> str:
    path = po_path(room)
    if not path.exists():
        return ""
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, written(room))
    return ""


def placeholders(texts: list[str]) -> set[str]:
    return {found for text in texts for found in PLACEHOLDER.findall(text.replace("%%", ""))}


def faults(room: str) -> Iterator[str]:
    wanted, known = messages(used(room)), messages(written(room))
    for identity in sorted(wanted.keys() - known.keys(), key=str):
        yield f"{room}: not in django.po: {identity[0]!r}"
    for identity in sorted(known.keys() - wanted.keys(), key=str):
        yield f"{room}: used nowhere: {identity[0]!r}"
    for identity, message in known.items():
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        if not all(forms(message)):
            yield f"{room}: no Dutch for {identity[0]!r}"
        elif message.fuzzy:
            yield f"{room}: marked fuzzy: {identity[0]!r}"
        elif placeholders(forms(message)) != placeholders(english):
            yield f"{room}: other placeholders in the Dutch of {identity[0]!r}"


def quarrels(rooms: list[str]) -> Iterator[str]:
    """Django merges all catalogues into one, so the same English can have only one Dutch."""
    first: dict[Key, tuple[str, list[str]]] = {}
    for room in rooms:
        for identity, message in messages(written(room)).items():
            where, dutch = first.setdefault(identity, (room, forms(message)))
            if dutch != forms(message) and all(dutch) and all(forms(message)):
                yield f"{room} and {where}: two kinds of Dutch for {identity[0]!r}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=["update", "compile", "check"])
    parser.add_argument("rooms", nargs="*", metavar="room")
    asked = parser.parse_args()
    unknown = set(asked.rooms) - set(every_room())
    if unknown:
        parser.error(f"no such room: {', '.join(sorted(unknown))}")
    settings.configure(USE_I18N=True)  # templatize asks for a few settings, not for ours
    django.setup()
    rooms = asked.rooms or every_room()
    if asked.verb == "check":
        found = [fault for room in rooms for fault in faults(room)]
        found += quarrels(every_room())
        print("\n".join(found) or "Every message has its Dutch.")
        return 1 if found else 0
    for room in rooms:
        line = update(room) if asked.verb == "update" else compile_room(room)
        if line:
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
