"""What a trial of a relay came to, in a marketer's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from mailexpert.base import clock
from mailexpert.mail import providers
from mailexpert.mail.warmup import Plan
from mailexpert.sending.models import Relay, Warmup
from mailexpert.sending.probe import Probe, Result


@dataclass(frozen=True, kw_only=True)
class Tried:
    """`technical` is what the server said, to fold away."""

    works: bool
    title: str
    text: str
    technical: str


@dataclass(frozen=True, kw_only=True)
class ShareRow:
    """A relay in the list. `percent`: how much of a mailing goes through it."""

    relay: Relay
    percent: int


def share_rows(relays: Sequence[Relay]) -> list[ShareRow]:
    total = sum(relay.weight for relay in relays if relay.enabled)
    return [
        ShareRow(relay=relay, percent=round(100 * relay.weight / total) if relay.enabled else 0)
        for relay in relays
    ]


@dataclass(frozen=True, kw_only=True)
class LimitRow:
    provider: str
    name: str
    per_hour: int | None
    connections: int | None
    per_connection: int | None


def limit_rows(relay: Relay) -> list[LimitRow]:
    return [
        LimitRow(
            provider=key,
            name=providers.name_of(key),
            per_hour=found.get("per_hour"),
            connections=found.get("connections"),
            per_connection=found.get("per_connection"),
        )
        for key, found in sorted(relay.limits.items())
    ]


@dataclass(frozen=True, kw_only=True)
class WarmupRow:
    """`today` is how many each receiver may get today; None once the plan is over."""

    warmup: Warmup
    today: int | None
    last_day: date


def warmup_rows(warmups: Sequence[Warmup]) -> list[WarmupRow]:
    return [_warmup_row(found) for found in warmups]


def _warmup_row(found: Warmup) -> WarmupRow:
    plan = Plan(first_day=found.first_day, first=found.first)
    last_day = found.first_day + timedelta(days=len(plan.ladder()) - 1)
    return WarmupRow(warmup=found, today=plan.allowed(clock.now().date()), last_day=last_day)


def probe_words(probe: Probe) -> Tried:
    title, text = _words(probe.result)
    return Tried(works=probe.result is Result.READY, title=title, text=text, technical=probe.words)


def _words(result: Result) -> tuple[str, str]:
    return {
        Result.READY: (
            _("It works"),
            _("We connected, the server greeted us and took the login. Your mailings can leave through it."),
        ),
        Result.INSIDE: (
            _("This host lies inside a private network"),
            _("Give a mail server that is reachable from outside."),
        ),
        Result.UNKNOWN: (
            _("We can’t find this host"),
            _("Its name has no address. Look whether it is spelled well, then test again."),
        ),
        Result.UNREACHABLE: (
            _("No answer from the server"),
            _("The host exists, but nobody answers at this port. Try another port; your provider names it."),
        ),
        Result.REFUSED: (
            _("The server turns us away"),
            _("It answers, but takes no mail from us. Ask your provider to allow this installation."),
        ),
        Result.TLS: (
            _("The connection can’t be secured"),
            _("Choose the other kind of security, or another port. A password is never sent unsecured."),
        ),
        Result.LOGIN: (
            _("The login is refused"),
            _("The server answers, but user name or password are wrong. Type both once more."),
        ),
    }[result]
