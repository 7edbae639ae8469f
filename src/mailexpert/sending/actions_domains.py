"""What one can do with a sender's domain: claim it, look at its records, renew its keys, let it go."""

import secrets
from datetime import timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation

from mailexpert.accounts import letters
from mailexpert.accounts.actions_package import need_room
from mailexpert.accounts.models import Membership
from mailexpert.base import env, keys, names
from mailexpert.base.clock import now
from mailexpert.mail import address, dkim
from mailexpert.sending import queries_domains, rules_domain
from mailexpert.sending.models import Issue, SenderDomain, SenderKey
from mailexpert.sending.rules_domain import Outcome

SECRET_PURPOSE = "dkim"  # noqa: S105
TOKEN_SIGNS, TOKEN_LENGTH = "abcdefghjkmnpqrstuvwxyz23456789", 8
MOST_DOMAINS = 50
PATIENCE = timedelta(hours=72)  # so long a verified domain stays so while DNS gives no answer
OLD_KEY_STAYS = timedelta(days=7)  # mail signed with it may still be on its way
HOLD = "sender_domain"
CHANNEL = "mailexpert_outbox"
State, KeyState = SenderDomain.State, SenderKey.State


class NoDomain(Exception):
    """This is no domain name."""


class Known(Exception):
    """The account has this domain already."""


class TooMany(Exception):
    """An account has at most 50 sender domains."""


class InUse(Exception):
    """A mailing from this domain is on its way. Wait until it is done, or stop it."""


class Renewing(Exception):
    """New keys wait already for their records."""


def read_name(text: str) -> str:
    """A domain as it is kept: lower case, A-labels. Raises NoDomain."""
    try:
        found = address.parse(f"x@{text.strip().rstrip('.').removeprefix('@')}").domain
    except address.AddressProblem as problem:
        raise NoDomain(text) from problem
    if len(found) > 200:  # the names of its records are longer
        raise NoDomain(text)
    return found


@transaction.atomic
def claim(name: str) -> SenderDomain:
    """Take a domain up, with its keys. It may be used once DNS shows its records; until then the claim says
    nothing, and another account may make the same. Raises NoDomain, Known, TooMany and NoRoom."""
    found = read_name(name)
    if SenderDomain.objects.filter(name=found).exists():
        raise Known(found)
    if SenderDomain.objects.count() >= MOST_DOMAINS:
        raise TooMany
    need_room("sites")
    token = "".join(secrets.choice(TOKEN_SIGNS) for _ in range(TOKEN_LENGTH))
    domain = SenderDomain.objects.create(name=found, token=token)
    _make_keys(domain)
    return domain


def _make_keys(domain: SenderDomain) -> None:
    number = domain.keys.count() // 2 + 1
    while domain.keys.filter(selector=_selector(domain, dkim.RSA, number)).exists():
        number += 1
    for algorithm in (dkim.RSA, dkim.ED25519):
        secret, selector = dkim.make_key(algorithm), _selector(domain, algorithm, number)
        SenderKey.objects.create(
            domain=domain,
            algorithm=algorithm,
            selector=selector,
            public=dkim.load_key(secret, selector).public,
            secret=keys.seal(secret, SECRET_PURPOSE),
        )


def _selector(domain: SenderDomain, algorithm: str, number: int) -> str:
    return f"mx-{domain.token}-{algorithm[0]}{number}"


@transaction.atomic
def renew_keys(domain: SenderDomain) -> None:
    """Make new keys beside the ones that sign now; they take over once DNS shows them. Raises Renewing."""
    found = SenderDomain.objects.select_for_update().get(id=domain.id)
    if found.keys.filter(state=KeyState.WAITING).exists():
        raise Renewing
    _make_keys(found)


def set_spf_include(domain: SenderDomain, include: str) -> None:
    """Name what the relay's provider wants in SPF; empty for the relays themselves. Raises NoDomain."""
    domain.spf_include = read_name(include) if include.strip() else ""
    domain.save(update_fields=["spf_include"])


@transaction.atomic
def let_go(domain: SenderDomain) -> None:
    """Forget a domain and its keys. Raises InUse."""
    found = SenderDomain.objects.select_for_update().get(id=domain.id)
    if Issue.objects.filter(domain=found, finished_at=None).exists():
        raise InUse
    found.keys.all().delete()
    found.delete()


def check(domain: SenderDomain, source: names.Names | None = None) -> SenderDomain:
    """Look at every record, then write down what was found and what follows from it. The looking takes some
    seconds and holds no lock."""
    outcome = rules_domain.look(queries_domains.wanted(domain), source or names.system())
    return _note(domain.id, outcome)


@transaction.atomic
def _note(domain_id: int, outcome: Outcome) -> SenderDomain:
    moment = now()
    domain = SenderDomain.objects.select_for_update().get(id=domain_id)
    _switch_keys(domain, outcome)
    signs = domain.keys.filter(state=KeyState.ACTIVE, algorithm=dkim.RSA).values_list("selector", flat=True)
    holds = any(outcome.holds(selector) for selector in signs) and outcome.holds("dmarc")
    domain.findings = {record: found.stored() for record, found in outcome.findings.items()}
    domain.checked_at = moment
    if holds:
        domain.state, domain.verified_at = State.VERIFIED, moment
    elif domain.is_verified and not _may_wait(domain, outcome):
        domain.state = State.BROKEN
        _tell_broken(domain)
    if holds or not outcome.is_unsure:
        domain.has_return_path, domain.is_strict = outcome.has_return_path, outcome.is_strict
    domain.save(
        update_fields=["findings", "checked_at", "state", "verified_at", "has_return_path", "is_strict"]
    )
    _hold_or_release(domain)
    return domain


def _may_wait(domain: SenderDomain, outcome: Outcome) -> bool:
    """DNS that gives no answer says nothing about the records: for three days the last answer holds."""
    return outcome.is_unsure and domain.verified_at is not None and now() - domain.verified_at < PATIENCE


def _switch_keys(domain: SenderDomain, outcome: Outcome) -> None:
    """A new key whose record stands signs from now on; the one before it never again, so its secret goes."""
    for key in domain.keys.filter(state=KeyState.WAITING):
        if not outcome.holds(key.selector):
            continue
        domain.keys.filter(state=KeyState.ACTIVE, algorithm=key.algorithm).update(
            state=KeyState.RETIRED, retired_at=now(), secret=""
        )
        key.state = KeyState.ACTIVE
        key.save(update_fields=["state"])


def _hold_or_release(domain: SenderDomain) -> None:
    """Mailings under way from a domain that broke wait, and say why; they go on by themselves once it is mended."""
    under_way = Issue.objects.filter(domain=domain, finished_at=None)
    if domain.is_verified:
        changed = under_way.filter(hold=HOLD).update(hold="", reason="")
    elif queries_domains.mail_leaves():
        changed = under_way.filter(hold="").update(hold=HOLD, reason=HOLD)
    else:
        return
    if changed:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '0')", [CHANNEL])


def _tell_broken(domain: SenderDomain) -> None:
    """A mail to those who can mend it, each in their own language."""
    page = env.load().base_url + reverse("sending:domain", args=[domain.id])
    able = Membership.objects.filter(role__in=(Membership.Role.OWNER, Membership.Role.ADMIN))
    for member in able.select_related("user"):
        with translation.override(member.user.language):
            letters.write(
                "accounts/sender_domain_broken",
                member.user.email,
                {"user": member.user, "domain": domain.name, "url": page},
            )


def forget_old_keys() -> None:
    """Beside the wall: keys that retired a week ago."""
    SenderKey.objects.filter(state=KeyState.RETIRED, retired_at__lt=now() - OLD_KEY_STAYS).delete()
