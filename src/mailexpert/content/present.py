"""Who has the same mail open now: each open page says so every few seconds, in the cache that all machines share."""

from datetime import datetime, timedelta

from django.core.cache import cache

from mailexpert.accounts.models import Account, Membership, User
from mailexpert.content.revisions import Owner

STILL_HERE = timedelta(seconds=15)  # three beats of a page


def beat(owner: Owner, user: User, now: datetime) -> list[User]:
    """This user is here; who else is, by name. Two beats at once may lose one of them: the next one tells again."""
    account = Account.objects.get()
    key = f"content.present:{account.pk}:{owner.template_id}:{owner.mailing_id}"
    seen: dict[int, datetime] = cache.get(key) or {}
    here = {pk: at for pk, at in seen.items() if now - at < STILL_HERE} | {user.pk: now}
    cache.set(key, here, STILL_HERE.total_seconds())
    others = here.keys() - {user.pk}
    if not others:
        return []
    members = Membership.objects.filter(user__in=others).select_related("user").order_by("user_id")
    return [member.user for member in members]
