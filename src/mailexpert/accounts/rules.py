"""Decisions on values: numbers of companies, ranks of roles, names of devices, slugs. No Django here."""

import re
import unicodedata
from collections.abc import Iterator

RANKS = {"viewer": 0, "editor": 1, "admin": 2, "owner": 3}
SLUG_LENGTH = 50
TOKEN_MARK = "mx"  # noqa: S105  (how every token begins)

# Forms of VAT numbers: the EU and Northern Ireland as in VIES, and three neighbours.
VAT = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}",
    "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}", "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"(\d{9}|\d{12})", "LU": r"\d{8}",
    "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"\d{9}B\d{2}", "PL": r"\d{10}", "PT": r"\d{9}",
    "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"(\d{9}|\d{12}|(GD|HA)\d{3})",
    "GB": r"(\d{9}|\d{12})", "CHE": r"\d{9}(MWST|TVA|IVA)?", "NO": r"\d{9}(MVA)?",
}  # fmt: skip

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi", "Vivaldi"), ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"), ("Firefox/", "Firefox"), ("CriOS", "Chrome"), ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def outranks(role: str, wanted: str) -> bool:
    """Whether a role may do what the wanted one may."""
    return RANKS.get(role, -1) >= RANKS[wanted]


def may_give(giver: str, role: str) -> bool:
    """Nobody hands out more than they have themselves."""
    return role in RANKS and outranks(giver, "admin") and outranks(giver, role)


def clean_kvk(text: str) -> str | None:
    """Eight digits as the Chamber of Commerce writes them, else None. Typed spaces and dots are forgiven."""
    digits = re.sub(r"[\s.]", "", text)
    return digits if re.fullmatch(r"\d{8}", digits) else None


def clean_vat(text: str) -> str | None:
    """A VAT number with its country first, without spaces, dots and dashes; None if it has no known form."""
    compact = re.sub(r"[\s.\-]", "", text).upper()
    for country in (compact[:3], compact[:2]):
        if country in VAT and re.fullmatch(VAT[country], compact[len(country) :]):
            return compact
    return None


def is_one_line(text: str) -> bool:
    """No line breaks or other control characters, which in a header or a subject would begin a new one."""
    return not any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text)


def slugs(name: str) -> Iterator[str]:
    """What an account may be called in addresses and commands: de-vries, de-vries-2, de-vries-3, …"""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-") or "account"
    yield base
    for n in range(2, 10_000):
        yield f"{base}-{n}"


def device_name(user_agent: str) -> tuple[str, str]:
    """Browser and system, as a person would call them; empty where the browser doesn't say."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return browser, system


def split_token(token: str) -> tuple[int, str] | None:
    """An API token says whose it is: mx_<account>_<secret>."""
    found = re.fullmatch(rf"{TOKEN_MARK}_(\d{{1,18}})_([\w-]{{20,80}})", token, re.ASCII)
    return (int(found[1]), found[2]) if found else None
