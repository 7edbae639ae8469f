"""What a report counts beforehand, because counting it takes longer than a page may."""

from typing import ClassVar

from django.db import models

from mailexpert.core.models import AccountManager, AccountRow


class AudienceCount(AccountRow):
    """Who came and went by month, as `rows` of month, list, what, joined, gone; and when that was counted."""

    rows = models.JSONField(default=list)
    counted_at = models.DateTimeField()

    objects: ClassVar[AccountManager["AudienceCount"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id"], name="reports_audience_once")]
