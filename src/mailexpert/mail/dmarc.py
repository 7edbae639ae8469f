"""DMARC policies by RFC 9989: found by a walk up the tree of names, not by a list of public suffixes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

POLICIES = ("none", "quarantine", "reject")
MOST_LABELS = 8  # of a longer name the walk begins, after the name itself, at its last seven labels (4.10)
OLD = frozenset({"pct", "rf", "ri"})  # gone with RFC 9989; receivers pass over them

Texts = Callable[[str], Sequence[str] | None]  # the TXT records at a name; None when nobody answers


class NoAnswer(Exception):
    """DNS gave no answer, so nobody knows which policy holds."""


class Several(Exception):
    """A name has more than one DMARC record, which counts as none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record as published. `policy` is none where `p` is missing or can't be read, but reports are asked for."""

    policy: str
    for_subdomains: str
    for_missing: str
    is_strict_dkim: bool
    is_strict_spf: bool
    is_test: bool
    suffix: str  # psd: y, n or u
    old_tags: tuple[str, ...] = ()


class Policy(NamedTuple):
    """What holds for a domain, and the domain at which it stands."""

    domain: str
    record: Record
    wanted: str


def read(text: str) -> Record | None:
    """None for a text that is no DMARC record: `v=DMARC1` must come first, exactly so (4.7)."""
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    tags = {name.strip().lower(): value.strip() for name, _equals, value in reversed(parts)}
    if not parts or parts[0][0].strip().lower() != "v" or parts[0][2].strip() != "DMARC1":
        return None
    policy = tags.get("p", "").lower()
    if policy not in POLICIES:
        # A record may do without `p`; a wrong one counts only where reports are asked for (4.7).
        if "p" in tags and "rua" not in tags:
            return None
        policy = "none"
    subdomains = _one_of(tags.get("sp"), POLICIES, policy)
    return Record(
        policy=policy,
        for_subdomains=subdomains,
        for_missing=_one_of(tags.get("np"), POLICIES, subdomains),
        is_strict_dkim=tags.get("adkim", "r").lower() == "s",
        is_strict_spf=tags.get("aspf", "r").lower() == "s",
        is_test=tags.get("t", "n").lower() == "y",
        suffix=_one_of(tags.get("psd"), ("y", "n", "u"), "u"),
        old_tags=tuple(sorted(OLD & tags.keys())),
    )


def _one_of(value: str | None, allowed: Sequence[str], otherwise: str) -> str:
    return value.lower() if value and value.lower() in allowed else otherwise


def walk(domain: str) -> list[str]:
    """The names whose `_dmarc` is asked for, from the domain itself up."""
    labels = domain.split(".")
    names = [domain]
    rest = labels[-(MOST_LABELS - 1) :] if len(labels) >= MOST_LABELS else labels[1:]
    while rest:
        names.append(".".join(rest))
        rest = rest[1:]
    return names


def discover(domain: str, texts: Texts) -> Policy | None:
    """The policy that holds for mail from this domain: its own, else that of its organisational domain. Raises
    NoAnswer and Several."""
    own = _at(domain, texts)
    if own is not None:
        return Policy(domain, own, own.policy)
    found = {name: record for name in walk(domain)[1:] if (record := _at(name, texts)) is not None}
    organisation = _organisation(domain, found)
    record = found.get(organisation)
    if record is not None:
        return Policy(organisation, record, record.for_subdomains)
    suffix = next((name for name, record in found.items() if record.suffix == "y"), "")
    return Policy(suffix, found[suffix], found[suffix].for_subdomains) if suffix else None


def _organisation(domain: str, found: dict[str, Record]) -> str:
    """RFC 9989, 4.10.2: where a record says so (psd=n), one label under a public suffix (psd=y), else the
    shortest name that has a record."""
    for name, record in found.items():
        if record.suffix == "n":
            return name
        if record.suffix == "y":
            return ".".join(domain.split(".")[-(name.count(".") + 2) :])
    return min(found, key=lambda name: name.count("."), default=domain)


def _at(name: str, texts: Texts) -> Record | None:
    published = texts(f"_dmarc.{name}")
    if published is None:
        raise NoAnswer(name)
    records = [record for text in published if (record := read(text)) is not None]
    if len(records) > 1:
        raise Several(name)
    return records[0] if records else None


def is_aligned(domain: str, signed: str, *, strict: bool) -> bool:
    """Whether a signature of `signed` speaks for mail from `domain`, where `signed` is known to be of the same
    organisation as the domains under it."""
    return domain == signed or (not strict and domain.endswith("." + signed))
