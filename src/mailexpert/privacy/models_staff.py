"""Those who work for the operator: what they signed, where they looked, and what was given to authorities."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.models import User
from mailexpert.core.models import AccountManager, AccountRow


class Signature(models.Model):
    """A staff member's signature below a version of the privacy agreement: the name as it was typed."""

    app_may: ClassVar[str] = "SELECT, INSERT"

    user = models.ForeignKey(User, models.DO_NOTHING, related_name="+", db_constraint=False)
    name = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "number"], name="privacy_signature_once")]


class Look(AccountRow):
    """A staff member opened this account's data: who, why, when, until when. The account can read it."""

    append_only = True

    user_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    reason = models.TextField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    objects: ClassVar[AccountManager["Look"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [models.Index(fields=["account_id", "-at"], name="privacy_look_newest")]


class Disclosure(models.Model):
    """Someone asks for an account's data with a legal ground. Nothing is given before two people approved."""

    class Ground(models.TextChoices):
        COURT = "court", _("Order of a court")
        LAW = "law", _("Demand of an authority, on a named law")
        RIGHTS = "rights", _("Protection of rights in a legal procedure")

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        APPROVED = "approved", _("Approved by two people")
        GIVEN = "given", _("Given")
        REFUSED = "refused", _("Refused")

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE"

    subject_account_id = models.BigIntegerField()
    requester = models.CharField(max_length=200)
    ground = models.CharField(max_length=10, choices=Ground)
    reference = models.CharField(max_length=200)
    asked_for = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    entered_by_id = models.BigIntegerField()
    entered_by_name = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())
    given = models.TextField(blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    person_told_at = models.DateTimeField(null=True, blank=True)
    why_not_told = models.TextField(blank=True)


class DisclosureVoice(models.Model):
    """One person's judgement of a disclosure; two different ones must say yes."""

    app_may: ClassVar[str] = "SELECT, INSERT"

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="voices")
    user_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    approves = models.BooleanField()
    words = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "user_id"], name="privacy_disclosurevoice_once")
        ]
