"""A mailing: what an account writes and sends. Its frozen form, once sending starts, is the issue (sending)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow
from mailexpert.mailings.models_experiments import Experiment, Version
from mailexpert.tracking.models import Mode

__all__ = ["AudienceList", "AudienceSegment", "Decision", "Experiment", "Mailing", "NotStarted", "Version"]


class NotStarted(Exception):
    """The mailing has no issue yet: nobody pressed send."""


class Mailing(AccountRow):
    """`version_of`: the mailing that this is another content of, for a test; it is never sent by itself."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    class Kind(models.TextChoices):
        BLOCKS = "blocks", _("Blocks")
        MJML = "mjml", "MJML"
        HTML = "html", "HTML"
        TEXT = "text", _("Text")

    class Test(models.TextChoices):
        """What the test of its versions is doing; nothing without one, and once it was decided."""

        RUNS = "runs", _("Test runs")
        ASKS = "asks", _("Test asks you")

    Tracking = Mode

    name = models.CharField(max_length=200)
    subject = models.CharField(max_length=400, blank=True)
    preheader = models.CharField(max_length=400, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    reply_to = models.CharField(max_length=320, blank=True)
    template: Any = AccountForeignKey(
        "content.Template", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MJML)
    source = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)
    tracking = models.CharField(max_length=20, choices=Mode, default=Mode.AGGREGATE)
    language = models.CharField(max_length=5, default="nl")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    issue: Any = AccountForeignKey("sending.Issue", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    test = models.CharField(max_length=5, choices=Test, blank=True, default="", db_default="")
    version_of: Any = AccountForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="versions", db_index=False
    )

    objects: ClassVar[AccountManager["Mailing"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            models.Index(fields=["account_id", "-id"], name="mailings_newest"),
            models.Index(fields=["scheduled_at"], condition=models.Q(state="scheduled"), name="mailings_due"),
            models.Index(
                fields=["account_id", "version_of"],
                condition=models.Q(version_of__isnull=False),
                name="mailings_version_of",
            ),
        ]

    tried: int | None = None  # which version of it this is, where one stands in its place (versions.py)

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.SCHEDULED)

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.SENDING, self.State.PAUSED)

    @property
    def has_moved_on(self) -> bool:
        """Its issue is done, or is under way again, and the mailing doesn't say so yet."""
        said_done = {self.State.SENDING.value: False, self.State.SENT.value: True}.get(self.state)
        return said_done is not None and self.issue is not None and self.issue.is_done is not said_done

    @property
    def started_issue_id(self) -> int:
        """The issue of a mailing that was started."""
        if self.issue_id is None:
            raise NotStarted(self.state)
        return int(self.issue_id)

    def list_ids(self, *, excluded: bool = False) -> list[int]:
        rows = self.audience.filter(excluded=excluded).order_by("id")
        return list(rows.values_list("list_id", flat=True))

    def segment_ids(self) -> list[int]:
        return list(self.audience_segments.order_by("id").values_list("segment_id", flat=True))


class AudienceSegment(AccountRow):
    """A segment that everyone who gets a mailing must be in. While a draft names it, it can't be deleted."""

    mailing: Any = AccountForeignKey(Mailing, models.CASCADE, related_name="audience_segments")
    segment: Any = AccountForeignKey("contacts.Segment", models.PROTECT, related_name="+")

    objects: ClassVar[AccountManager["AudienceSegment"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "mailing", "segment"], name="mailings_audience_segment_once"
            )
        ]


class AudienceList(AccountRow):
    """A list that a mailing goes to, or (`excluded`) whose people it leaves out."""

    mailing: Any = AccountForeignKey(Mailing, models.CASCADE, related_name="audience")
    list: Any = AccountForeignKey("contacts.List", models.CASCADE, related_name="+")
    excluded = models.BooleanField(default=False)

    objects: ClassVar[AccountManager["AudienceList"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "mailing", "list"], name="mailings_audience_once")
        ]


class Decision(AccountRow):
    """Who went on although a check warned, and of what."""

    append_only = True

    mailing_id = models.BigIntegerField()
    by = models.ForeignKey(
        "accounts.User", on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    warnings = models.JSONField()
    at = models.DateTimeField()

    objects: ClassVar[AccountManager["Decision"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [models.Index(fields=["account_id", "mailing_id"], name="mailings_decision_of")]
