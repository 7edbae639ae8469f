"""Editions of the policy and the agreements, how each was announced, and who was told."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.models import User
from mailexpert.core.models import AccountManager, AccountRow


class Document(models.TextChoices):
    POLICY = "policy", _("Privacy policy")
    TERMS = "terms", _("Terms")
    PROCESSING = "processing", _("Data processing agreement")
    STAFF = "staff", _("Privacy agreement for staff")


class Edition(models.Model):
    """A numbered version of a document. `in_force_at` is set once, when its day has come."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ANNOUNCED = "announced", _("Announced")
        IN_FORCE = "in_force", _("In force")
        PAST = "past", _("Past")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE"

    document = models.CharField(max_length=12, choices=Document)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    summary_nl = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    wanted_at = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    approver = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    approver_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    announced_at = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="privacy_edition_number"),
            models.UniqueConstraint(
                fields=["document"], condition=models.Q(state="in_force"), name="privacy_edition_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(state="announced"),
                name="privacy_edition_one_announced",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.number}"

    def summary(self, language: str) -> str:
        return self.summary_en if language == "en" else self.summary_nl


class EditionText(models.Model):
    """The words of an edition in one language. Each saving adds a row; the highest revision counts."""

    app_may: ClassVar[str] = "SELECT, INSERT"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=5)
    revision = models.PositiveIntegerField()
    body = models.TextField()
    fingerprint = models.CharField(max_length=64)
    author = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "language", "revision"], name="privacy_editiontext_revision"
            )
        ]


class EditionNotice(models.Model):
    """One of the four ways in which an edition is announced. `out_at` is empty until it has gone out."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")
        NEWS = "news", _("News page")
        LOGIN = "login", _("Login page")
        BANNER = "banner", _("Banner on all pages")

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="notices")
    channel = models.CharField(max_length=8, choices=Channel)
    out_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True)
    mailings = ArrayField(models.BigIntegerField(), default=list)
    rounds = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "channel"], name="privacy_editionnotice_once")
        ]


class Told(AccountRow):
    """The account's own record: what it was sent about an edition, and what its users saw of it."""

    class Act(models.IntegerChoices):
        SENT = 1, _("Sent")
        SEEN = 2, _("Seen")
        UNREACHED = 3, _("Not delivered")

    append_only = True

    edition_id = models.BigIntegerField()
    channel = models.CharField(max_length=8, choices=EditionNotice.Channel)
    act = models.SmallIntegerField(choices=Act)
    user_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    objects: ClassVar[AccountManager["Told"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "edition_id", "channel", "act", "user_id"], name="privacy_told_once"
            )
        ]


class Mark(models.Model):
    """The latest moment that was ever seen. A clock that is set back doesn't bring a day of effect nearer."""

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE"

    id = models.SmallIntegerField(primary_key=True, default=1)
    highest = models.DateTimeField()
