"""The installation's own relays, for the command line."""

import argparse
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.db import transaction

from mailexpert.base import keys
from mailexpert.base.env import LOOPBACK, SUBMISSION, SUBMISSIONS
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.mail import providers
from mailexpert.operations.problems import Problem
from mailexpert.sending import rules
from mailexpert.sending.models import InstallationRelay, Retry, Shard
from mailexpert.sending.probe import SECRET_PURPOSE


class NoRelay(Problem):
    """{url} is no relay. Give smtp://host:port, or smtps:// for TLS from the start; at least 1 as weight and
    connections."""


class NoReceiver(Problem):
    """Nobody knows a receiver {name}. These have limits of their own: {known}."""


class Unknown(Problem):
    """There is no relay {id}. `mailexpert relay list` names those there are."""


class InUse(Problem):
    """Mailings are on their way through relay {id}, and there is no other. Add another one first."""


def add(asked: argparse.Namespace) -> str:
    parts = urlsplit(asked.url)
    if (
        parts.scheme not in ("smtp", "smtps")
        or not parts.hostname
        or min(asked.weight, asked.connections) < 1
    ):
        raise NoRelay(url=asked.url.rpartition("@")[2])
    is_tls, is_here = parts.scheme == "smtps", parts.hostname in LOOPBACK
    password = unquote(parts.password or "")
    with beside_wall(Beside.OPERATE):
        made = InstallationRelay.objects.create(
            name=asked.name or parts.hostname,
            host=parts.hostname,
            port=parts.port or (SUBMISSIONS if is_tls else SUBMISSION),
            security="tls" if is_tls else "none" if is_here else "starttls",
            username=unquote(parts.username or ""),
            secret=keys.seal(password, SECRET_PURPOSE) if password else "",
            weight=asked.weight,
            max_connections=asked.connections,
            per_connection=asked.per_connection,
            per_second=asked.per_second,
            per_hour=asked.per_hour,
            delivers_itself=asked.delivers_itself,
            warmup_from=asked.warm_up_from,
        )
    return f"Relay {made.id} is added: {made.host}:{made.port}, {made.security}."


def limit(asked: argparse.Namespace) -> str:
    if asked.receiver not in providers.BY_KEY:
        raise NoReceiver(name=asked.receiver, known=", ".join(sorted(providers.BY_KEY)))
    numbers = {name: getattr(asked, name) for name in ("per_hour", "connections", "per_connection")}
    with beside_wall(Beside.OPERATE), transaction.atomic():
        found = InstallationRelay.objects.select_for_update().filter(id=asked.id).first()
        if found is None:
            raise Unknown(id=asked.id)
        found.limits = rules.with_limit(found.limits, asked.receiver, numbers)
        found.save(update_fields=["limits"])
    kept = found.limits.get(asked.receiver)
    name = providers.name_of(asked.receiver)
    return (
        f"Relay {found.id}, {name}: {_told(kept)}."
        if kept
        else f"Relay {found.id}, {name}: no limit of its own."
    )


def _told(limits: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in limits.items())


def lines() -> Iterator[str]:
    with beside_wall(Beside.OPERATE):
        for found in InstallationRelay.objects.order_by("id"):
            yield f"{found.id:>4}  {found.name}  {found.host}:{found.port}  {found.security}  weight {found.weight}"
            for key, limits in sorted(found.limits.items()):
                yield f"      {key}: {_told(limits)}"


def remove(number: int) -> str:
    with beside_wall(Beside.OPERATE), transaction.atomic():
        found = InstallationRelay.objects.select_for_update().filter(id=number).first()
        if found is None:
            raise Unknown(id=number)
        other = (
            InstallationRelay.objects.exclude(id=number)
            .filter(enabled=True)
            .order_by("-weight", "id")
            .first()
        )
        shards = Shard.objects.filter(relay_id=-number, state=Shard.State.OPEN, issue__finished_at=None)
        retries = Retry.objects.filter(relay_id=-number)
        if other is None and (shards.exists() or retries.exists()):
            raise InUse(id=number)
        if other is not None:
            shards.update(relay_id=-other.id)
            retries.update(relay_id=-other.id)
        found.delete()
    return f"Relay {number} is removed."
