"""Advertising cost from the exports of Google Ads and Microsoft Advertising, in Dutch and English. No Django."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

LARGEST = 5_000_000  # characters; a larger paste is no export of keywords
NAMES = {
    "day": {"day", "date", "dag", "datum", "gregorian date", "gregoriaanse datum"},
    "campaign": {"campaign", "campaign name", "campagne", "campagnenaam"},
    "keyword": {"keyword", "search keyword", "zoekwoord", "zoekzoekwoord", "keyword text"},
    "clicks": {"clicks", "klikken"},
    "cost": {"cost", "kosten", "spend", "uitgaven", "bestede bedragen"},
    "currency": {"currency code", "currency", "valutacode", "valuta"},
}
NEEDED = ("day", "campaign", "clicks", "cost")
DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y%m%d", "%m/%d/%Y", "%d.%m.%Y")
TOTAL = re.compile(r"^(total|totaal|--)", re.IGNORECASE)


class NoExport(Exception):
    """No line names the columns that an export has: day, campaign, clicks and cost."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    day: date
    campaign: str
    keyword: str
    clicks: int
    cents: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    line: int
    why: str
    text: str


def read(text: str) -> tuple[list[Cost], list[Refused]]:
    """The good rows, and each refused one with its line and why: day, clicks or cost. Raises NoExport."""
    rows = list(_rows(text[:LARGEST]))
    place = next((n for n, (_line, row) in enumerate(rows) if _columns(row) is not None), None)
    if place is None:
        raise NoExport(NoExport.__doc__)
    columns = _columns(rows[place][1])
    assert columns is not None
    good: list[Cost] = []
    refused: list[Refused] = []
    for line, row in rows[place + 1 :]:
        if not any(cell.strip() for cell in row) or TOTAL.match(row[0].strip()):
            continue
        made = _cost(row, columns)
        if isinstance(made, Cost):
            good.append(made)
        else:
            refused.append(Refused(line=line, why=made, text=" · ".join(row)[:200]))
    return _added_up(good), refused


def _rows(text: str) -> Iterable[tuple[int, list[str]]]:
    text = text.removeprefix("\ufeff")
    counts = {sign: text[:5000].count(sign) for sign in ",;\t"}
    reader = csv.reader(io.StringIO(text), delimiter=max(counts, key=lambda sign: counts[sign]))
    for row in reader:
        yield reader.line_num, row


def _columns(row: Sequence[str]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        name = cell.strip().lower()
        for key, names in NAMES.items():
            if name in names:
                found.setdefault(key, place)
    return found if all(key in found for key in NEEDED) else None


def _cost(row: Sequence[str], columns: dict[str, int]) -> Cost | str:
    def cell(name: str) -> str:
        place = columns.get(name, len(row))
        return row[place].strip() if place < len(row) else ""

    day, clicks, cost = _day(cell("day")), _whole(cell("clicks")), money(cell("cost"))
    if day is None:
        return "day"
    if clicks is None:
        return "clicks"
    if cost is None:
        return "cost"
    keyword = cell("keyword").strip("[]\"'+")[:200]
    currency = cell("currency")[:3].upper() or "EUR"
    return Cost(
        day=day,
        campaign=cell("campaign")[:200],
        keyword=keyword,
        clicks=clicks,
        cents=cost,
        currency=currency,
    )


def _day(text: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None


def _whole(text: str) -> int | None:
    digits = re.sub(r"[.,\s]", "", text)
    return int(digits) if digits.isdecimal() else None


def money(text: str) -> int | None:
    """Cents: "1.234,56", "1,234.56", "€ 12,5" and "12" all have one meaning."""
    bare = re.sub(r"[^\d.,-]", "", text)
    if not bare:
        return None
    last = max(bare.rfind(","), bare.rfind("."))
    if last >= 0 and len(bare) - last - 1 in (1, 2):
        whole, part = re.sub(r"[.,]", "", bare[:last]), bare[last + 1 :]
        bare = f"{whole or '0'}.{part}"
    else:
        bare = re.sub(r"[.,]", "", bare)
    try:
        cents = Decimal(bare) * 100
    except InvalidOperation:
        return None
    return int(cents) if cents >= 0 else None


def _added_up(rows: Iterable[Cost]) -> list[Cost]:
    """An export may name a keyword twice in a day, once for each match type."""
    sums: dict[tuple[date, str, str], Cost] = {}
    for row in rows:
        key = (row.day, row.campaign, row.keyword)
        known = sums.get(key)
        sums[key] = (
            row
            if known is None
            else Cost(
                day=row.day, campaign=row.campaign, keyword=row.keyword, clicks=known.clicks + row.clicks,
                cents=known.cents + row.cents, currency=row.currency,
            )
        )  # fmt: skip
    return list(sums.values())
