"""The consent ledger: who may be mailed for what, on what ground, since when, and who ended it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountManager, AccountRow
from mailexpert.privacy.models_choice import CookieChoice
from mailexpert.privacy.models_ledger import Link, SealMark
from mailexpert.privacy.models_policy import Document, Edition, EditionNotice, EditionText, Mark, Told
from mailexpert.privacy.models_promises import (
    Attestation,
    PromiseState,
    PromiseTurn,
    Question,
    SecurityContact,
    ServedCookie,
    Subprocessor,
)
from mailexpert.privacy.models_rights import Case, Erasure, ErasureMark
from mailexpert.privacy.models_staff import Disclosure, DisclosureVoice, Look, Signature

__all__ = [
    "Attestation", "Case", "Consent", "CookieChoice", "Disclosure", "DisclosureVoice", "Document", "Edition",
    "EditionNotice", "EditionText", "Erasure", "ErasureMark", "Evidence", "Ground", "Link", "Look", "Mark",
    "PromiseState", "PromiseTurn", "Purpose", "Question", "SealMark", "SecurityContact", "ServedCookie", "Signature",
    "Subprocessor", "Told",
]  # fmt: skip


class Purpose(models.TextChoices):
    """What a list is for, so that consent for one thing is never used for another."""

    NEWSLETTER = "newsletter", _("Newsletter")
    OFFERS = "offers", _("Offers")
    EVENTS = "events", _("Events")
    FUNDRAISING = "fundraising", _("Fundraising")
    RESEARCH = "research", _("Research")
    SERVICE = "service", _("Service messages")


class Ground(models.TextChoices):
    CONSENT = "consent", _("Consent")
    SOFT_OPT_IN = "soft_opt_in", _("Existing customer")
    CONTRACT = "contract", _("Contract")
    LEGAL_DUTY = "legal_duty", _("Legal duty")
    UNKNOWN = "unknown", _("Unknown")


class Evidence(AccountRow):
    """How a ground came to be, in the words of who brought it in. Many ledger rows share one."""

    append_only = True

    source = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    by_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Evidence"]] = AccountManager()


class Consent(AccountRow):
    """One line of the ledger. It holds no address and no foreign key, so that erasing a person leaves it
    whole: `person` is a keyed hash of the address."""

    class Act(models.IntegerChoices):
        GIVEN = 1, _("Signed up")
        ENDED = 2, _("Unsubscribed")
        OBJECTED = 3, _("Stopped everything")
        RESUMED = 4, _("Signed up again")
        ERASED = 5, _("Erased")

    append_only = True
    hot = True

    contact_id = models.BigIntegerField()
    person = models.BinaryField(max_length=20)
    list_id = models.BigIntegerField(null=True, blank=True)
    issue_id = models.BigIntegerField(null=True, blank=True)
    evidence_id = models.BigIntegerField(null=True, blank=True)
    act = models.SmallIntegerField(choices=Act)
    # A list's purpose, or an account-wide one like individual_measurement.
    purpose = models.CharField(max_length=30, choices=Purpose, blank=True, db_default="")
    ground = models.CharField(max_length=20, choices=Ground, blank=True, db_default="")
    source = models.CharField(max_length=20)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Consent"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read by the contact's page and by the proof of one person.
            models.Index(fields=["account_id", "contact_id"], name="privacy_consent_of_contact"),
        ]
