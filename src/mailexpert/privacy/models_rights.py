"""Erasures with their receipt, and the marks by which a restored backup is cleaned."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountManager, AccountRow


class Erasure(AccountRow):
    """One person's erasure, step by step. `done`: the steps that are, so that after a worker that died another goes
    on; `counts`: how many rows each took. `email_key` goes with the last step; a number and a keyed hash stay."""

    class Why(models.TextChoices):
        ASKED = "asked", _("asked for by the person")
        HAND = "hand", _("by hand")
        INACTIVE = "inactive", _("no sign of interest for long")
        REPLAY = "replay", _("again, in a restored backup")

    contact_id = models.BigIntegerField()
    email_key = models.TextField(blank=True)
    person = models.CharField(max_length=65)
    why = models.CharField(max_length=10, choices=Why)
    stays_off = models.BooleanField(default=False)
    by_id = models.BigIntegerField(null=True, blank=True)
    counts: Any = models.JSONField(default=dict)
    done: Any = models.JSONField(default=list)
    code = models.CharField(max_length=40)
    signature = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Erasure"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read by the job that goes on with what a dead worker left.
            models.Index(
                fields=["begun_at"], condition=models.Q(finished_at=None), name="privacy_erasure_unfinished"
            ),
        ]


class ErasureMark(models.Model):
    """That a person (or, without a contact, a whole account) was erased. No row of an account: restoring an account's
    rows leaves it alone, and the file beside the database holds the same (erasure_ledger.py)."""

    app_may: ClassVar[str] = ""

    account_id = models.BigIntegerField()
    contact_id = models.BigIntegerField(default=0)
    person = models.CharField(max_length=65, blank=True)
    stays_off = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "contact_id", "person", "at"], name="privacy_erasuremark_once"
            )
        ]
