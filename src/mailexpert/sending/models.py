"""The outbox: what is on its way, what came of it, and what may not be mailed.

The delivery engine, the intake and the catcher read and write these tables by SQL; a test compares the
columns they name with these models."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow, Walled
from mailexpert.sending.models_domains import SenderDomain, SenderKey
from mailexpert.sending.models_pace import DomainLimit, Hold, MailDomain, Meter, Tempo, Warmup
from mailexpert.sending.models_pulse import DomainCount, Pulse, PulseTaken
from mailexpert.sending.models_relays import InstallationRelay, MailServer, Relay

__all__ = [
    "CaughtMail", "Circle", "Complaint", "Delivery", "DomainCount", "DomainLimit", "Hold", "InstallationRelay", "Issue",
    "MailDomain", "MailServer", "Meter", "Outcome", "Pulse", "PulseTaken", "Relay", "Reply", "Retry", "SenderDomain",
    "SenderKey", "Shard", "Skip", "Stop", "Suppression", "Tempo", "Warmup",
]  # fmt: skip


class Issue(AccountRow):
    """A mailing frozen when its sending started. `html` and `text` hold Liquid and numbered links. While two versions
    are tried, each version is an issue whose `lead` is the issue of everyone else; `places` are then those of the
    audience, drawn by lot, that an issue has."""

    class Kind(models.IntegerChoices):
        MAILING = 1
        TEST = 2

    class State(models.IntegerChoices):
        SENDING = 0
        PAUSED = 1
        CANCELLED = 2
        DONE = 3

    mailing_id = models.BigIntegerField(null=True, blank=True)
    kind = models.SmallIntegerField(choices=Kind, default=Kind.MAILING)
    sender_name = models.CharField(max_length=200, blank=True)
    sender_address = models.CharField(max_length=320)
    domain: Any = AccountForeignKey(
        SenderDomain, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    reply_to = models.CharField(max_length=320, blank=True)
    subject = models.TextField()
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    preheader = models.TextField(blank=True)
    fields = models.JSONField(default=dict)
    links = models.JSONField(default=list)
    list_ids = ArrayField(models.BigIntegerField(), default=list)
    purpose = models.CharField(max_length=20)
    tracking = models.CharField(max_length=20, default="aggregate")
    language = models.CharField(max_length=5, default="nl")
    sender_line = models.TextField(blank=True)
    per_hour = models.PositiveIntegerField(null=True, blank=True)
    state = models.SmallIntegerField(choices=State, default=State.SENDING)
    reason = models.CharField(max_length=40, blank=True, default="")
    hold = models.CharField(max_length=40, blank=True, default="", db_default="")  # while set, nobody gets it
    lead: Any = AccountForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    places = BigIntegerRangeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Issue"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read by delivery/outbox.sql: what is under way.
            models.Index(
                fields=["account_id", "id"],
                condition=models.Q(finished_at=None),
                name="sending_issue_under_way",
            ),
            models.Index(fields=["account_id", "mailing_id"], name="sending_issue_of_mailing"),
            # Read by queries.family.
            models.Index(
                fields=["account_id", "lead"],
                condition=models.Q(lead__isnull=False),
                name="sending_issue_of_lead",
            ),
        ]
        constraints = [
            # No place of an audience belongs to two issues of a mailing, so nobody gets two versions. Ranges on both
            # sides: equality of numbers in GiST would need an extension.
            ExclusionConstraint(
                name="sending_issue_places_once",
                expressions=[
                    (
                        models.Func(
                            Coalesce("lead_id", "id"),
                            Coalesce("lead_id", "id"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("places", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(places__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE


class Shard(AccountRow):
    """About a thousand people of an issue, at one receiving provider. `upto`: how many had their turn, marked before
    it is taken. `relay_id`: an account's own relay, below zero the installation's, 0 the environment's."""

    class State(models.IntegerChoices):
        OPEN = 0
        DONE = 1

    issue: Any = AccountForeignKey(Issue, models.CASCADE, related_name="shards", db_index=False)
    n = models.IntegerField()
    contact_ids = ArrayField(models.BigIntegerField())
    size = models.GeneratedField(
        expression=models.Func("contact_ids", function="cardinality"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    relay_id = models.BigIntegerField(db_default=0)
    lane = models.TextField(blank=True, db_default="")
    not_before = models.DateTimeField(db_default=Now())
    upto = models.IntegerField(db_default=0)
    epoch = models.IntegerField(db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    state = models.SmallIntegerField(choices=State, db_default=0)
    sent = models.IntegerField(db_default=0)
    failed = models.IntegerField(db_default=0)
    skipped = models.IntegerField(db_default=0)

    objects: ClassVar[AccountManager["Shard"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "issue", "n"], name="sending_shard_once")
        ]
        indexes = [
            # Read by every claim. Nothing in it changes while a shard is worked on: updates stay on the page.
            models.Index(
                fields=["account_id", "issue", "lane", "n"],
                condition=models.Q(state=0),
                name="sending_shard_waiting",
            ),
        ]


class Circle(AccountRow):
    """Some of an issue's people who are in a segment, as sending began: who sees a block that is shown to it alone.
    `contact_ids` are in order from `first`, and no other row of the segment holds one between them."""

    issue: Any = AccountForeignKey(Issue, models.CASCADE, related_name="circles", db_index=False)
    segment_id = models.BigIntegerField()
    first = models.BigIntegerField()
    contact_ids = ArrayField(models.BigIntegerField())
    made_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Circle"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            # Read by delivery/outbox_pg.py for each person of a window.
            models.UniqueConstraint(
                fields=["account_id", "issue", "segment_id", "first"], name="sending_circle_once"
            )
        ]
        indexes = [
            # Read by privacy.retention.
            models.Index(fields=["made_at"], name="sending_circle_old"),
        ]


class Outcome(models.IntegerChoices):
    SENT = 1, _("Sent")
    FAILED = 2, _("Failed")
    SKIPPED = 3, _("Skipped")
    UNANSWERED = 4, _("In doubt")


class Skip(models.IntegerChoices):
    """Why a person was left out at their turn (`Delivery.code` of a skipped one)."""

    UNSUBSCRIBED = 1, _("Unsubscribed after the mailing started")
    SUPPRESSED = 2, _("Address is on the suppression list")
    NO_GROUND = 3, _("No ground for mailing this person")
    CANCELLED = 4, _("Mailing was cancelled")
    GONE = 5, _("Contact was deleted or frozen")
    ADDRESS_UNSUPPORTED = 6, _("The relay can't handle this address")
    PAUSED = 7, _("Wants no mail until a day that they chose")
    OFTEN = 8, _("Wants fewer mails than this, and had one lately")


class Delivery(Walled):
    """The ledger: one row per final outcome of an attempt. Who had a turn and has none is in doubt."""

    append_only = True
    hot = True

    pk = models.CompositePrimaryKey("issue_id", "contact_id", "attempt")
    issue_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    attempt = models.SmallIntegerField()
    outcome = models.SmallIntegerField(choices=Outcome)
    code = models.SmallIntegerField()

    objects: ClassVar[AccountManager["Delivery"]] = AccountManager()

    class Meta(Walled.Meta):
        indexes = [
            # Read by sql/course.sql and, a page at a time, by queries_people; few rows are in it.
            models.Index(
                fields=["account_id", "issue_id", "outcome", "code", "contact_id"],
                condition=~models.Q(outcome=1),
                name="sending_delivery_why",
            ),
            # Read by sql/pulse.sql. Rows come in the order of time, so a range of blocks is a range of time.
            BrinIndex(fields=["at"], autosummarize=True, name="sending_delivery_lately"),
        ]


class Reply(AccountRow):
    """What a mail server said when it refused or deferred, with addresses masked. Kept 30 days."""

    hot = True

    issue_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    attempt = models.SmallIntegerField()
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Reply"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            models.Index(fields=["account_id", "issue_id", "contact_id"], name="sending_reply_of_issue"),
            models.Index(fields=["at"], name="sending_reply_age"),
        ]


class Retry(AccountRow):
    """A person whose turn comes again. `attempt` is the number the next attempt will have, `first_tried` when there
    was one at all."""

    class State(models.IntegerChoices):
        DUE = 0
        TRYING = 1

    hot = True

    issue_id = models.BigIntegerField()
    shard_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    relay_id = models.BigIntegerField(db_default=0)
    lane = models.TextField(blank=True, db_default="")
    attempt = models.SmallIntegerField()
    due = models.DateTimeField()
    first_tried = models.DateTimeField(null=True, blank=True)
    state = models.SmallIntegerField(choices=State, db_default=0)
    epoch = models.IntegerField(db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    code = models.SmallIntegerField(db_default=0)

    objects: ClassVar[AccountManager["Retry"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "issue_id", "contact_id"], name="sending_retry_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["account_id", "issue_id", "lane", "due"],
                condition=models.Q(state=0),
                name="sending_retry_waiting",
            ),
        ]


class Stop(AccountRow):
    """Someone stopped a mailing. Append-only: what came of it stands in the memberships it ended."""

    class Via(models.IntegerChoices):
        ONE_CLICK = 1, _("One-click in the mail program")
        PAGE = 2, _("Unsubscribe page")
        MAILTO = 3, _("By mail")
        HAND = 4, _("By hand")

    append_only = True

    issue_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    via = models.SmallIntegerField(choices=Via)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Stop"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            models.Index(fields=["account_id", "issue_id", "contact_id"], name="sending_stop_of_issue")
        ]


class Complaint(AccountRow):
    """Someone marked a mail of an issue as spam, as their provider told. Of a mail one, however often it is told."""

    class Via(models.IntegerChoices):
        REPORT = 1, _("Feedback report by mail")

    append_only = True

    issue_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    via = models.SmallIntegerField(choices=Via)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Complaint"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "issue_id", "contact_id"], name="sending_complaint_once"
            )
        ]


class Suppression(AccountRow):
    """An address this account never mails again."""

    class Reason(models.IntegerChoices):
        BOUNCE = 1, _("Bounced")
        COMPLAINT = 2, _("Complained")
        OBJECTION = 3, _("Objected")
        HAND = 4, _("By hand")
        ERASED = 5, _("Erased at their own request")

    BY_PERSON = (Reason.COMPLAINT, Reason.OBJECTION)  # nobody at the account may lift these

    # Of an erased person a keyed hash that begins with # (privacy/rules.py).
    email_key = models.TextField()
    reason = models.SmallIntegerField(choices=Reason)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Suppression"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "email_key"], name="sending_suppression_once")
        ]


class CaughtMail(models.Model):
    """A mail kept by the built-in catcher. It is the machine's; the application's role can't reach it."""

    app_may: ClassVar[str] = ""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    mail_from = models.TextField(blank=True)
    rcpt_to = ArrayField(models.TextField())
    subject = models.TextField(blank=True)
    raw = models.BinaryField()
    size = models.IntegerField()
    account_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="sending_caughtmail_age")]
