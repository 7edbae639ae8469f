"""Running the checks and keeping what came of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mailexpert.base import clock, env
from mailexpert.core import promises
from mailexpert.core.beside import Beside
from mailexpert.core.promises import Ground, Promise, Said, State, Verdict
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.models import PromiseState, PromiseTurn

SIGN_OF_LIFE = timedelta(days=1)


def check_all() -> list[tuple[Verdict, datetime]]:
    return [check(promise) for promise in promises.promises()]


def check_due() -> list[tuple[Verdict, datetime]]:
    """Those whose last result is as old as their rhythm, or that were never checked; and at every turn those that are
    broken, which may have been mended, or couldn't be looked at just then."""
    now = clock.now()
    with beside_wall(Beside.PROMISES):
        broken = set(PromiseState.objects.filter(state=State.BROKEN).values_list("promise", flat=True))
        last = dict(PromiseState.objects.values_list("promise", "checked_at"))
    return [
        check(promise)
        for promise in promises.promises()
        if promise.id in broken or promise.id not in last or now - last[promise.id] >= promise.every
    ]


def check(promise: Promise) -> tuple[Verdict, datetime]:
    """Look, and keep what was seen."""
    ground = Ground(env=env.load(), now=clock.now())
    with beside_wall(Beside.PROMISES):
        verdict = promises.examine(promise, ground)
        keep(verdict, ground.now)
    return verdict, ground.now


@transaction.atomic
def keep(verdict: Verdict, now: datetime) -> None:
    said = to_json(verdict.said)
    known = PromiseState.objects.select_for_update().filter(promise=verdict.promise.id).first()
    same = known is not None and known.state == verdict.state
    since = known.since if known is not None and same else now
    PromiseState.objects.update_or_create(
        promise=verdict.promise.id,
        defaults={"state": verdict.state, "said": said, "checked_at": now, "since": since},
    )
    if not same or not _told_lately(verdict.promise, now):
        PromiseTurn.objects.create(promise=verdict.promise.id, state=verdict.state, said=said, at=now)


def _told_lately(promise: Promise, now: datetime) -> bool:
    return PromiseTurn.objects.filter(promise=promise.id, at__gt=now - SIGN_OF_LIFE).exists()


def to_json(said: Iterable[Said]) -> list[list[Any]]:
    return [[one.text, dict(one.values)] for one in said]
