"""Who signed, and which looks are open."""

from datetime import datetime

from mailexpert.accounts.models import User
from mailexpert.privacy.models_policy import Document
from mailexpert.privacy.models_staff import Look, Signature
from mailexpert.privacy.queries_policy import in_force


def has_signed(user: User) -> bool:
    """The version that is in force now; an older signature doesn't count."""
    number = in_force(Document.STAFF, "nl").number
    return Signature.objects.filter(user=user, number=number).exists()


def open_look(user: User, now: datetime) -> Look | None:
    """This staff member's look into the active account, while it lasts."""
    return Look.objects.filter(user_id=user.pk, until__gt=now).order_by("-at").first()
