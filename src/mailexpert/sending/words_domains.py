"""A sender domain's records in a marketer's words: what to publish, what was found, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mailexpert.sending import queries_domains
from mailexpert.sending.models import SenderDomain, SenderKey
from mailexpert.sending.rules_domain import PROPOSED_DMARC, Finding, spf_record

STRING = 255  # octets of one string in a TXT record (RFC 1035, 3.3.14)
MX_PREFERENCE = 10


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record to publish. `parts` are the strings that a long text falls into; `is_needed`: without it nothing
    may be sent."""

    key: str
    title: str
    purpose: str
    kind: str
    name: str
    value: str
    finding: Finding | None
    text: str
    is_needed: bool = False
    is_mx: bool = False

    @property
    def state(self) -> str:
        return self.finding.level if self.finding else "new"

    @property
    def holds(self) -> bool:
        return self.finding is not None and self.finding.holds

    @property
    def zone_line(self) -> str:
        """As it stands in a zone file."""
        if self.is_mx:
            return f"{self.name}. IN MX {MX_PREFERENCE} {self.value}."
        parts = [self.value[at : at + STRING] for at in range(0, len(self.value), STRING)]
        return f"{self.name}. IN TXT " + " ".join(f'"{part}"' for part in parts)


def records(domain: SenderDomain) -> list[Record]:
    """What to publish for a domain, the needed ones first."""
    keys = [key for key in domain.keys.all() if key.state != SenderKey.State.RETIRED]
    keys.sort(key=lambda key: (key.algorithm != "rsa", key.id))
    signing = {key.algorithm for key in keys if key.state == SenderKey.State.ACTIVE}
    made = [
        _key(domain, key, is_new=key.state == SenderKey.State.WAITING and key.algorithm in signing)
        for key in keys
    ]
    needed = [record for record in made if record.is_needed]
    return [
        *needed,
        _dmarc(domain),
        *(record for record in made if not record.is_needed),
        *_return_path(domain),
    ]


def _finding(domain: SenderDomain, record: str) -> Finding | None:
    stored = domain.findings.get(record)
    return Finding(code=stored["code"], found=stored["found"]) if stored else None


def _key(domain: SenderDomain, key: SenderKey, *, is_new: bool) -> Record:
    finding = _finding(domain, key.selector)
    is_rsa = key.algorithm == SenderKey.Algorithm.RSA
    purpose = (
        _("Signs your mail, so that receivers know that it is yours and unchanged.")
        if is_rsa
        else _("A second, modern signature beside it.")
    )
    if is_new:
        title = _("New DKIM key (RSA)") if is_rsa else _("New DKIM key (Ed25519)")
    else:
        title = _("DKIM key (RSA)") if is_rsa else _("DKIM key (Ed25519)")
    return Record(
        key=key.selector,
        title=title,
        purpose=purpose,
        kind="TXT",
        name=f"{key.selector}._domainkey.{domain.name}",
        value=key.record,
        finding=finding,
        text=key_words(finding),
        is_needed=is_rsa and not is_new,
    )


def _dmarc(domain: SenderDomain) -> Record:
    finding = _finding(domain, "dmarc")
    return Record(
        key="dmarc",
        title="DMARC",
        purpose=_("Tells receivers what to do with mail that only pretends to be yours."),
        kind="TXT",
        name=f"_dmarc.{domain.name}",
        value=PROPOSED_DMARC,
        finding=finding,
        text=dmarc_words(finding, domain.name),
        is_needed=True,
    )


def _return_path(domain: SenderDomain) -> list[Record]:
    mx, spf = _finding(domain, "mx"), _finding(domain, "spf")
    host = queries_domains.mail_host()
    if not host:
        return []
    return [
        Record(
            key="mx",
            title=_("Return path (MX)"),
            purpose=_("Mail that can’t be delivered comes back here, so that we can count it."),
            kind="MX",
            name=domain.return_host,
            value=host,
            finding=mx,
            text=mx_words(mx),
            is_mx=True,
        ),
        Record(
            key="spf",
            title=_("Return path (SPF)"),
            purpose=_("Says who may send with this return path. The SPF of your own domain stays as it is."),
            kind="TXT",
            name=domain.return_host,
            value=spf_record(queries_domains.spf_terms(domain)),
            finding=spf,
            text=spf_words(spf),
        ),
    ]


def _words(finding: Finding | None, known: Callable[[], dict[str, str]]) -> str:
    if finding is None:
        return _("Not looked at yet.")
    common = {
        "unsure": _("DNS gave no answer. We look again by ourselves, or check again now."),
        "missing": _("Nothing stands at this name yet. Publish the record; DNS can take an hour to show it."),
        "missing_alias": _(
            "This name is an alias (CNAME) of %(found)s, where nothing stands. "
            "Take the alias away, then publish the record."
        ),
        "waiting": _("This installation has no public name to receive mail yet."),
    }
    text = {**common, **known()}.get(finding.code, finding.code)
    return text % {"found": finding.found} if "%(found)s" in text else text


def key_words(finding: Finding | None) -> str:
    return _words(
        finding,
        lambda: {
            "good": _("The key is there."),
            "good_testing": _(
                "The key is there, but marked as a test (t=y), so receivers may pass over it. Take t=y out."
            ),
            "key_other": _("Another key stands at this name. Put ours in its place: %(found)s is not ours."),
            "key_other_alias": _(
                "This name is an alias (CNAME) of %(found)s, where another key stands. "
                "Take the alias away, then publish the record."
            ),
            "key_several": _("%(found)s keys stand at this name. Leave ours and take the others out."),
            "key_revoked": _("The key at this name is empty, which means withdrawn. Publish ours again."),
            "key_unreadable": _(
                "What stands at this name is no key: %(found)s. Copy the value once more, whole and without quotes."
            ),
        },
    )


def mx_words(finding: Finding | None) -> str:
    return _words(
        finding,
        lambda: {
            "good": _("Returned mail comes to us."),
            "good_beside": _(
                "Returned mail comes to us, but not all of it: these stand at the name: %(found)s. Leave ours alone."
            ),
            "mx_other": _("Mail to this name goes to %(found)s. Put our host in its place."),
        },
    )


def spf_words(finding: Finding | None) -> str:
    return _words(
        finding,
        lambda: {
            "good": _("The record is there and allows your mail server."),
            "spf_blank": _("There is a blank before v=spf1, so receivers don’t see the record. Take it out."),
            "spf_several": _(
                "%(found)s SPF records stand at this name, so receivers use none. Leave one, with everything in it."
            ),
            "spf_unreadable": _("Receivers can’t read this record: %(found)s. Put ours in its place."),
            "spf_lacks": _("The record is there, but doesn’t allow your mail server. Add to it: %(found)s"),
            "spf_too_many": _(
                "The record takes more than ten questions to DNS, and receivers stop at ten. Name fewer parties in it."
            ),
        },
    )


def dmarc_words(finding: Finding | None, domain: str) -> str:
    return _words(
        finding,
        lambda: {
            "good": _("The policy is there: %(found)s."),
            "good_inherited": _(
                "The policy of %(found)s holds for this domain too, so you need not publish one."
            ),
            "good_old_tags": _(
                "The policy is there. Leave out what no longer counts since RFC 9989: %(found)s."
            ),
            "good_test_policy": _(
                "The policy says %(found)s, but also that it is only a test (t=y), so nobody acts on it."
            ),
            "good_strict": _(
                "The policy of %(found)s is strict: addresses below your domain need a sender domain of their own."
            ),
            "missing": _(
                "Neither this domain nor one above it has a policy yet. Publish this one; it changes nothing for "
                "your other mail."
            ),
            "dmarc_several": _(
                "More than one policy stands at %(found)s, so receivers use none. Leave one of them."
            ),
        },
    )
