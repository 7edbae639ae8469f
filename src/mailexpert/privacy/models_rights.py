"""Requests of persons with their clock, erasures with their receipt, and the marks that clean a restored backup."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow


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
    # The last mail to the person, sent when all else is done: subject, text, html.
    letter: Any = models.JSONField(null=True, blank=True)
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


class Case(AccountRow):
    """What a person asked for by right, with the day by which it is answered. Without a contact when nobody here has
    the address. After an erasure a number and a keyed hash are left of who it was."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("Access to the data")
        PORTABILITY = "portability", _("Data to take along")
        CORRECTION = "correction", _("Correction")
        RESTRICTION = "restriction", _("Restriction: stored, not used")
        OBJECTION = "objection", _("Objection to direct marketing")
        ERASURE = "erasure", _("Erasure")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    via = models.CharField(max_length=10)
    contact_id = models.BigIntegerField(null=True, blank=True)
    email = models.TextField(blank=True)
    person = models.CharField(max_length=65)
    language = models.CharField(max_length=5, default="nl")
    words = models.TextField(blank=True)
    received_on = models.DateField()
    due_on = models.DateField()
    extended_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)
    erasure: Any = AccountForeignKey(Erasure, models.SET_NULL, null=True, blank=True, related_name="+")
    by_id = models.BigIntegerField(null=True, blank=True)
    closed_by_id = models.BigIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Case"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read by the list of requests, its reminders and the dashboard.
            models.Index(fields=["account_id", "state", "due_on"], name="privacy_case_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.received_on}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
