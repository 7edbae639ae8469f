"""What a sender's domain must publish, and what is found there: decisions on the answers of DNS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mailexpert.base.names import FAILED, Answer, Names, State
from mailexpert.mail import dkim, dmarc, spf

Level = Literal["good", "mind", "bad", "unsure", "later"]
LEVELS: dict[str, Level] = {"good": "good", "unsure": "unsure", "waiting": "later"}
MIND = frozenset({"good_testing", "good_old_tags", "good_strict", "good_test_policy", "good_beside"})
MOST_UNANSWERED = 2
PROPOSED_DMARC = (
    "v=DMARC1; p=none; np=reject"  # RFC 9989: no pct; names that don't exist may be refused at once
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was found for one record: `code` is turned into words where it is shown, `found` is what stands there."""

    code: str
    found: str = ""

    @property
    def level(self) -> Level:
        if self.code in LEVELS:
            return LEVELS[self.code]
        return "mind" if self.code in MIND else "good" if self.code.startswith("good") else "bad"

    @property
    def holds(self) -> bool:
        return self.level in ("good", "mind")

    def stored(self) -> dict[str, str]:
        return {"code": self.code, "found": self.found[:500]}


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedKey:
    """A key pair whose public half must stand at `name`."""

    name: str
    algorithm: str
    public: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is looked for. `mail_host` is empty while this installation has no public name."""

    domain: str
    keys: Mapping[str, PublishedKey]  # by selector
    return_host: str
    mail_host: str
    spf_terms: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """`findings` by record: a selector, `mx`, `spf`, `dmarc`."""

    findings: Mapping[str, Finding]
    is_strict: bool = False

    def holds(self, record: str) -> bool:
        found = self.findings.get(record)
        return found is not None and found.holds

    @property
    def is_unsure(self) -> bool:
        return any(found.level == "unsure" for found in self.findings.values())

    @property
    def has_return_path(self) -> bool:
        return self.holds("mx") and self.holds("spf")


def look(wanted: Wanted, names: Names) -> Outcome:
    """Ask DNS for every record and judge each by itself."""
    names = _Patience(names)
    findings = {selector: _key(key, names.texts(key.name)) for selector, key in wanted.keys.items()}
    if wanted.mail_host:
        findings["mx"] = _mail_host(wanted.mail_host, names.mail_hosts(wanted.return_host))
        findings["spf"] = _spf(wanted.spf_terms, names.texts(wanted.return_host), names)
    else:
        findings["mx"] = findings["spf"] = Finding(code="waiting")
    findings["dmarc"], strict = _dmarc(wanted.domain, names)
    return Outcome(findings=findings, is_strict=strict)


class _Patience:
    """After some questions without an answer the rest isn't asked: each of them takes seconds."""

    def __init__(self, names: Names) -> None:
        self._names, self._left = names, MOST_UNANSWERED

    def texts(self, name: str) -> Answer:
        return self._counted(self._names.texts(name)) if self._left else FAILED

    def mail_hosts(self, name: str) -> Answer:
        return self._counted(self._names.mail_hosts(name)) if self._left else FAILED

    def _counted(self, answer: Answer) -> Answer:
        self._left -= answer.state is State.FAILED
        return answer


def _missing(answer: Answer) -> Finding | None:
    if answer.state is State.FAILED:
        return Finding(code="unsure")
    if answer.state is State.NOTHING or not answer.values:
        return Finding(code="missing_alias" if answer.alias else "missing", found=answer.alias)
    return None


def _key(key: PublishedKey, answer: Answer) -> Finding:
    missing = _missing(answer)
    if missing is not None:
        return missing
    records = [(text, tags) for text in answer.values if (tags := dkim.read_record(text)) is not None]
    if not records:
        return Finding(code="key_unreadable", found=answer.values[0])
    if len(records) > 1:
        return Finding(code="key_several", found=str(len(records)))
    text, tags = records[0]
    if not tags["p"]:
        return Finding(code="key_revoked", found=text)
    if tags.get("k", "rsa") != key.algorithm or not dkim.same_key(tags["p"], key.public):
        return Finding(code="key_other_alias" if answer.alias else "key_other", found=answer.alias or text)
    if "s" in tags and not {"*", "email"} & set(tags["s"].replace(" ", "").split(":")):
        return Finding(code="key_unreadable", found=text)
    return Finding(code="good_testing" if "y" in tags.get("t", "").split(":") else "good")


def _mail_host(wanted: str, answer: Answer) -> Finding:
    missing = _missing(answer)
    if missing is not None:
        return missing
    if wanted not in answer.values:
        return Finding(code="mx_other", found=", ".join(answer.values))
    return Finding(code="good" if len(answer.values) == 1 else "good_beside", found=", ".join(answer.values))


def _spf(wanted: Sequence[str], answer: Answer, names: Names) -> Finding:
    missing = _missing(answer)
    if missing is not None:
        return missing
    records = [text for text in answer.values if spf.is_record(text)]
    if not records:
        begun = [text for text in answer.values if spf.is_record(text.strip())]
        return Finding(code="spf_blank" if begun else "missing", found=begun[0] if begun else "")
    if len(records) > 1:
        return Finding(code="spf_several", found=str(len(records)))
    terms = spf.read(records[0])
    if terms is None:
        return Finding(code="spf_unreadable", found=records[0])
    lacking = [term for term in wanted if not spf.allows(terms, term)]
    if lacking:
        return Finding(code="spf_lacks", found=" ".join(lacking))
    try:
        spf.questions(terms, _texts(names))
    except spf.TooMany:
        return Finding(code="spf_too_many", found=records[0])
    except spf.NoAnswer:
        return Finding(code="unsure")
    return Finding(code="good", found=records[0])


def _dmarc(domain: str, names: Names) -> tuple[Finding, bool]:
    """With it: whether signatures must be of the very domain in From."""
    try:
        policy = dmarc.discover(domain, _texts(names))
    except dmarc.NoAnswer:
        return Finding(code="unsure"), False
    except dmarc.Several as problem:
        return Finding(code="dmarc_several", found=f"_dmarc.{problem}"), False
    if policy is None:
        return Finding(code="missing"), False
    record = policy.record
    if record.old_tags:
        code, found = "good_old_tags", ", ".join(record.old_tags)
    elif record.is_test and policy.wanted != "none":
        code, found = "good_test_policy", policy.wanted
    elif record.is_strict_dkim:
        code, found = "good_strict", policy.domain
    elif policy.domain != domain:
        code, found = "good_inherited", policy.domain
    else:
        code, found = "good", policy.wanted
    return Finding(code=code, found=found), record.is_strict_dkim


def _texts(names: Names) -> dmarc.Texts:
    def texts(name: str) -> Sequence[str] | None:
        answer = names.texts(name)
        return None if answer.state is State.FAILED else answer.values

    return texts


def spf_record(terms: Sequence[str]) -> str:
    return " ".join(["v=spf1", *terms, "-all"])


def covering(address_domain: str, domains: Sequence[tuple[str, bool]]) -> str:
    """Of `(domain, strict)` the one that may sign for an address: itself, else the nearest one above it whose
    policy allows that. Empty when there is none."""
    fit = [name for name, strict in domains if dmarc.is_aligned(address_domain, name, strict=strict)]
    return max(fit, key=len, default="")
