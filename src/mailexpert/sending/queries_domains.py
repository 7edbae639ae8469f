"""Which domains may stand in From, and what they must publish."""

from urllib.parse import urlsplit

from django.db.models import Prefetch

from mailexpert.accounts.actions import OPERATOR
from mailexpert.accounts.models import Account
from mailexpert.base import env, keys
from mailexpert.base.env import LOOPBACK
from mailexpert.core.scope import current_account
from mailexpert.mail import address, feedback
from mailexpert.sending import queries
from mailexpert.sending.models import InstallationRelay, SenderDomain, SenderKey
from mailexpert.sending.rules_domain import PublishedKey, Wanted, covering

State = SenderDomain.State


def relay_hosts() -> list[str]:
    """The hosts that this account's mail may leave through."""
    own = [relay.host for relay in queries.own_relays()]
    installed = list(InstallationRelay.objects.filter(enabled=True).values_list("host", flat=True))
    return own or installed or [env.load().default_relay[0]]


def mail_leaves() -> bool:
    """Whether this account's mail goes through a real relay: neither the catcher nor one on this machine."""
    return any(host not in LOOPBACK for host in relay_hosts())


def mail_host() -> str:
    """The name under which this installation receives mail; empty while it has no public one."""
    host = urlsplit(env.load().track_url).hostname or ""
    return "" if host in LOOPBACK or "." not in host else host.lower()


def feedback_address(domain: SenderDomain) -> str:
    """Where providers report complaints about this account's mail, or for the operator's account about everybody's;
    empty while nobody can reach us."""
    host = domain.return_host if domain.has_return_path else mail_host()
    if not host:
        return ""
    is_operator = Account.objects.filter(id=current_account(), slug=OPERATOR).exists()
    account = feedback.INSTALLATION if is_operator else current_account()
    return feedback.address(keys.derive("links"), account, host)


def spf_terms(domain: SenderDomain) -> list[str]:
    """Who must be allowed to send with our return path: what the relay's provider named, else the relays
    themselves."""
    if domain.spf_include:
        return [f"include:{domain.spf_include}"]
    hosts = [host if host not in LOOPBACK else mail_host() for host in relay_hosts()]
    return [f"a:{host}" for host in dict.fromkeys(hosts) if host]


def wanted(domain: SenderDomain) -> Wanted:
    """What to look for in DNS. A retired key is asked for no more."""
    keys = [key for key in domain.keys.all() if key.state != SenderKey.State.RETIRED]
    return Wanted(
        domain=domain.name,
        keys={
            key.selector: PublishedKey(
                name=f"{key.selector}._domainkey.{domain.name}", algorithm=key.algorithm, public=key.public
            )
            for key in keys
        },
        return_host=domain.return_host,
        mail_host=mail_host(),
        spf_terms=spf_terms(domain),
    )


def domains() -> list[SenderDomain]:
    keys = Prefetch("keys", SenderKey.objects.order_by("state", "-id"))
    return list(SenderDomain.objects.prefetch_related(keys).order_by("name"))


def domain_for(sender: str) -> SenderDomain | None:
    """The verified domain that signs for an address, its own or one above it."""
    verified = list(SenderDomain.objects.filter(state=State.VERIFIED))
    name = covering(address.parse(sender).domain, [(domain.name, domain.is_strict) for domain in verified])
    return next((domain for domain in verified if domain.name == name), None)


def known_domain(sender: str) -> SenderDomain | None:
    """The domain of an address, verified or not."""
    found = address.parse(sender).domain
    name = covering(found, [(name, False) for name in SenderDomain.objects.values_list("name", flat=True)])
    return SenderDomain.objects.filter(name=name).first() if name else None


def broken() -> list[tuple[str, int]]:
    """Beside the wall: every domain whose records broke, with its account."""
    found = SenderDomain.objects.filter(state=State.BROKEN).order_by("name")
    return list(found.values_list("name", "account_id"))
