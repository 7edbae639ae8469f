"""What one can do with an account's own relays. Mail that is under way is never left without one."""

from django.db import transaction

from mailexpert.sending import rules
from mailexpert.sending.models import Issue, Relay, Retry, Shard


class InUse(Exception):
    """A mailing is on its way through this relay and there is no other to take over. Wait until it is done, or cancel
    it."""


@transaction.atomic
def switch(relay: Relay, *, on: bool) -> None:
    found = Relay.objects.select_for_update().get(id=relay.id)
    if not on:
        _hand_over(found)
    found.enabled = on
    found.save(update_fields=["enabled"])


@transaction.atomic
def remove(relay: Relay) -> None:
    """The lock makes a mailing that starts at this moment wait, and then take another relay."""
    found = Relay.objects.select_for_update().get(id=relay.id)
    _hand_over(found)
    found.delete()


@transaction.atomic
def limit(relay: Relay, provider: str, **asked: int | None) -> None:
    """What one receiving provider takes through this relay: `per_hour`, `connections`, `per_connection`; without a
    number that limit ends."""
    found = Relay.objects.select_for_update().get(id=relay.id)
    found.limits = rules.with_limit(found.limits, provider, asked)
    found.save(update_fields=["limits"])


def _hand_over(relay: Relay) -> None:
    """What is under way goes to the heaviest of the others. What an engine has opened already stays with the old one;
    its lease and epoch see to it that nobody else opens it too."""
    under_way = Issue.objects.filter(finished_at=None).values("id")
    shards = Shard.objects.filter(relay_id=relay.id, state=Shard.State.OPEN, issue__in=under_way)
    retries = Retry.objects.filter(relay_id=relay.id, issue_id__in=under_way)
    other = Relay.objects.filter(enabled=True).exclude(id=relay.id).order_by("-weight", "id").first()
    if other is not None:
        shards.update(relay_id=other.id)
        retries.update(relay_id=other.id)
    elif shards.exists() or retries.exists():
        raise InUse(InUse.__doc__)
