"""Which column of a file is which field, and what its cells become. No Django."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mailexpert.contacts.rules_bsn import Watch
from mailexpert.contacts.rules_csv import is_address_like, live
from mailexpert.contacts.rules_zones import zone_of
from mailexpert.mail import address

OWN_FIELDS = ("email", "first_name", "last_name", "language", "time_zone")
LONGEST_NAME = 200
LONGEST_VALUE = 2_000
LONGEST_NUMBER = 40
SAMPLE_SHARE = 0.5

# How people name these columns, in our writing of names (field_name).
KNOWN = {
    name: field
    for field, names in {
        "email": "email e_mail mail emailadres e_mailadres e_mail_adres mailadres email_adres email_address "
        "e_mail_address emailaddress adres_e_mail contact_email",
        "first_name": "first_name firstname first voornaam voornamen roepnaam given_name forename naam name "
        "full_name volledige_naam contact_first_name",
        "last_name": "last_name lastname last achternaam surname family_name familienaam contact_last_name",
        "language": "language taal lang locale",
        "time_zone": "time_zone timezone tijdzone tz",
    }.items()
    for name in names.split()
}
LANGUAGES = {"nederlands": "nl", "dutch": "nl", "engels": "en", "english": "en", "frysk": "fy", "fries": "fy"}
LANGUAGES |= {"duits": "de", "german": "de", "deutsch": "de", "frans": "fr", "french": "fr", "français": "fr"}
LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z]{2,4})?").fullmatch
YES = {"1", "true", "t", "yes", "y", "ja", "j", "waar", "x", "aan", "on"}
NO = {"0", "false", "f", "no", "n", "nee", "onwaar", "uit", "off"}
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})").fullmatch
ISO = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})(?:[T ].*)?").fullmatch
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*").fullmatch
UNWRITTEN = re.compile("[\x00\ud800-\udfff]").search


class CellProblem(ValueError):
    """A cell doesn't hold what its field is for; `code` says which, `value` what stood there."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code, self.value = code, value[:LONGEST_NAME]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the file that is taken. `target` is the column of the table."""

    position: int
    name: str
    target: str
    kind: str
    options: tuple[str, ...] = ()


def field_name(text: str) -> str:
    """A header as a name for a field: `E-mailadres (privé)` → `e_mailadres_prive`."""
    plain = unicodedata.normalize("NFKD", text.strip().lower()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    return f"field_{name}"[:40] if name[:1].isdigit() else name


def known_field(header: str, custom: Mapping[str, str]) -> str:
    """The field that a column's name points at, or nothing. `custom` maps names and labels to field names."""
    name = field_name(header)
    return KNOWN.get(name) or custom.get(name, "")


def guess(
    header: Sequence[str], rows: Sequence[Sequence[str]], custom: Mapping[str, str], width: int
) -> list[str]:
    """A field for each column, as far as its name or its contents tell. The first of two equal ones wins."""
    found = [known_field(header[n], custom) if n < len(header) else "" for n in range(width)]
    fields = [field if field and field not in found[:n] else "" for n, field in enumerate(found)]
    if "email" not in fields:
        for n in range(width):
            if not fields[n] and _holds_addresses([row[n] for row in rows if len(row) > n]):
                fields[n] = "email"
                break
    return fields


def _holds_addresses(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and sum(map(is_address_like, filled)) > SAMPLE_SHARE * len(filled)


def number(text: str) -> str:
    """`1.234,50` and `1,234.50` → `1234.50`; the last sign parts the decimals, unless it stands twice."""
    if text.isdecimal() and text.isascii() and len(text) <= LONGEST_NUMBER:
        return text
    if not NUMBER(text):
        raise CellProblem("number", text)
    dot, comma = text.rfind("."), text.rfind(",")
    decimal = "." if dot > comma else ","
    if text.count(decimal) > 1:
        decimal = ""
    whole, _point, part = text.rpartition(decimal) if decimal and decimal in text else (text, "", "")
    plain = whole.replace(".", "").replace(",", "")
    if len(plain) > LONGEST_NUMBER:
        raise CellProblem("number", text)
    return f"{plain}.{part}" if part else plain


def day(text: str) -> str:
    if found := ISO(text):
        year, month, of_month = found.groups()
    elif found := DAY_FIRST(text):
        of_month, month, year = found.groups()
    else:
        raise CellProblem("date", text)
    try:
        return date(int(year), int(month), int(of_month)).isoformat()
    except ValueError as problem:
        raise CellProblem("date", text) from problem


def truth(text: str) -> str:
    word = text.lower()
    if word in YES:
        return "t"
    if word in NO:
        return "f"
    raise CellProblem("boolean", text)


def words(text: str) -> str:
    if len(text) > LONGEST_VALUE:
        raise CellProblem("value_too_long", text)
    return text


def name(text: str) -> str:
    """A name stands on one line: it goes into subjects and greetings."""
    if len(text) > LONGEST_NAME:
        raise CellProblem("value_too_long", text)
    return " ".join(text.split())


def language(text: str) -> str:
    word = text.lower()
    found = LANGUAGE(word)
    if word in LANGUAGES:
        return LANGUAGES[word]
    if found is None:
        raise CellProblem("language", text)
    return found[1]


def time_zone(text: str) -> str:
    found = zone_of(text)
    if not found:
        raise CellProblem("time_zone", text)
    return found


READERS: dict[str, Callable[[str], str]] = {
    "name": name,
    "language": language,
    "time_zone": time_zone,
    "text": words,
    "number": number,
    "date": day,
    "boolean": truth,
}
WATCHED = ("text", "number")
SQL_TYPES = {"number": "float8", "date": "date", "boolean": "boolean"}
KINDS = {"first_name": "name", "last_name": "name", "language": "language", "time_zone": "time_zone"}


def chosen(options: Sequence[str], several: bool) -> Callable[[str], str]:
    """Reads one option, or several between commas, semicolons or bars, without regard to capitals."""
    known = {option.lower(): option for option in options}

    def read(text: str) -> str:
        parts = re.split(r"[,;|\n]", text) if several else [text]
        words = [part.strip().lower() for part in parts if part.strip()]
        if unknown := next((word for word in words if word not in known), ""):
            raise CellProblem("choice", unknown)
        return ", ".join(option for word, option in known.items() if word in words)

    return read


def reader_of(column: Column) -> Callable[[str], str]:
    if column.kind in ("choice", "choices"):
        return chosen(column.options, column.kind == "choices")
    return READERS[column.kind]


def value(kind: str, text: str) -> str:
    """What a cell becomes, written as PostgreSQL reads it. Raises CellProblem."""
    return READERS[kind](text)


class Reader:
    """Makes the values of a record: address, its key, and one per column; empty cells become None."""

    def __init__(self, email_position: int, columns: Sequence[Column]) -> None:
        self._email = email_position
        self.watches = [Watch(name=column.name) for column in columns if column.kind in WATCHED]
        self._watched = [
            (column.position, watch.see)
            for column, watch in zip(
                [column for column in columns if column.kind in WATCHED], self.watches, strict=True
            )
        ]
        self._columns = [(column.position, reader_of(column)) for column in columns]

    def read(self, values: Sequence[str]) -> tuple[str, str, list[str | None]]:
        """Raises CellProblem."""
        whole = "".join(values)
        if not whole.isprintable() and UNWRITTEN(whole):
            raise CellProblem("unreadable", "")
        if "'" in whole:
            values = [live(value) for value in values]
        width = len(values)
        text = values[self._email] if self._email < width else ""
        try:
            email = address.parse(text).text
        except address.AddressProblem as problem:
            raise CellProblem(
                "no_address" if problem.code == "empty" else "address", text.strip()
            ) from problem
        cells: list[str | None] = []
        for position, convert in self._columns:
            cell = values[position].strip() if position < width else ""
            cells.append(convert(cell) if cell else None)
        for position, see in self._watched:
            if position < width:
                see(values[position].strip())
        return email, email.lower(), cells
