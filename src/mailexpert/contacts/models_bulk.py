"""What is done to many contacts at once."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow

NOBODY = models.Value([], ArrayField(models.BigIntegerField()))


class Bulk(AccountRow):
    """What is done to many contacts at once, piece by piece. `asked_ids` is everyone who fitted when it began, while it
    is under way; `contact_ids` those it changed anything for, so that it can be undone for a day."""

    class State(models.TextChoices):
        QUEUED = "queued", _("in the queue")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("stopped")
        FAILED = "failed", _("failed")

    verb = models.CharField(max_length=10)
    tag: Any = AccountForeignKey("contacts.Tag", models.CASCADE, null=True, blank=True, related_name="+")
    contact_ids = ArrayField(models.BigIntegerField())
    by_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DONE, db_default="done")
    # The search that says who; for a list also its number, the ground and the words that prove it.
    details = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    asked_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=models.Value([], ArrayField(models.BigIntegerField())),
    )
    whole = models.IntegerField(default=0, db_default=0)
    upto = models.IntegerField(default=0, db_default=0)
    count = models.IntegerField(default=0, db_default=0)
    cancel_asked = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[AccountManager["Bulk"]] = AccountManager()

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.CANCELLED, self.State.FAILED}
