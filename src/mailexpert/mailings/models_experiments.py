"""A test of versions: some of the audience get one of them each, and the rest gets the one that does best."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow

LETTERS = "ABCD"


class NotBegun(Exception):
    """The test of this version has not begun, so nobody has it."""


class Experiment(AccountRow):
    """How a mailing's versions are tried. `looks`: how many of the rule's looks were taken. `reading`: what the
    decision was made on, as it stood then."""

    class What(models.TextChoices):
        SUBJECT = "subject", _("The subject")
        SENDER = "sender", _("The sender")
        CONTENT = "content", _("The content")
        TIME = "time", _("The moment of sending")

    class Decides(models.TextChoices):
        AUTOMATIC = "automatic", _("The best one goes to everyone else by itself")
        HAND = "hand", _("I choose, when the time is over")

    class OnTie(models.TextChoices):
        FIRST = "first", _("Version A goes to everyone else")
        ASK = "ask", _("Ask me")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        ASKING = "asking", _("Waiting for a choice")
        DECIDED = "decided", _("Decided")
        STOPPED = "stopped", _("Stopped")

    class How(models.TextChoices):
        EARLY = "early", _("Clear before the end")
        CLEAR = "clear", _("Clear at the end")
        TIE = "tie", _("No clear difference")
        HAND = "hand", _("Chosen by hand")

    mailing: Any = AccountForeignKey("mailings.Mailing", models.CASCADE, related_name="experiments")
    what = models.CharField(max_length=10, choices=What, default=What.SUBJECT)
    share = models.PositiveSmallIntegerField(default=20)
    goal = models.CharField(max_length=20, default="clicks")
    hours = models.PositiveSmallIntegerField(default=4)
    decides = models.CharField(max_length=10, choices=Decides, default=Decides.AUTOMATIC)
    on_tie = models.CharField(max_length=5, choices=OnTie, default=OnTie.FIRST)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    looks = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    winner = models.PositiveSmallIntegerField(null=True, blank=True)
    how = models.CharField(max_length=5, choices=How, blank=True, default="")
    by = models.ForeignKey(
        "accounts.User", on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    reading = models.JSONField(default=list)

    objects: ClassVar[AccountManager["Experiment"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "mailing"], name="mailings_experiment_once")
        ]
        indexes = [
            # Read by jobs.look_at_tests, every five seconds.
            models.Index(
                fields=["id"], condition=models.Q(state="running"), name="mailings_experiment_running"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.RUNNING, self.State.ASKING)


class Version(AccountRow):
    """One of them. What it doesn't say itself it has from the mailing; version A (n = 0) says nothing but a moment. A
    draft keeps those of another `what`, for whoever changes their mind."""

    experiment: Any = AccountForeignKey(Experiment, models.CASCADE, related_name="versions")
    what = models.CharField(max_length=10, choices=Experiment.What)
    n = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=400, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    draft: Any = AccountForeignKey(
        "mailings.Mailing", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    issue: Any = AccountForeignKey("sending.Issue", models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[AccountManager["Version"]] = AccountManager()

    class Meta(AccountRow.Meta):
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "experiment", "what", "n"], name="mailings_version_once"
            )
        ]

    @property
    def letter(self) -> str:
        return LETTERS[self.n]

    @property
    def sent_as(self) -> int:
        """The issue of a version whose test began."""
        if self.issue_id is None:
            raise NotBegun(self.n)
        return int(self.issue_id)
