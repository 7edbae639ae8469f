"""What an account wants to happen on its own sites, and what happened there. The operator is an account like every
other: a registration that came of its advertising stands here too.

The intake's collector writes conversions by SQL (intake/statements.sql), as the API does (tracking/sql)."""

import secrets
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow, Walled
from mailexpert.mail.attribution import USUAL_DAYS


def new_key() -> str:
    return secrets.token_urlsafe(9)


class Channel(models.IntegerChoices):
    """Where the last click before a conversion was (mail.attribution)."""

    DIRECT = 0, _("Neither")
    MAIL = 1, _("Mail")
    ADVERTISING = 2, _("Advertising")


class SiteMeasuring(AccountRow):
    """That an account measures its sites, and by which rules. `key` stands in the snippet on them, so it is no secret;
    it does nothing from a page that isn't on a verified site of the account."""

    key = models.CharField(max_length=20, default=new_key)
    window_days = models.PositiveSmallIntegerField(default=USUAL_DAYS)
    utm = models.BooleanField(default=False)
    utm_source = models.CharField(max_length=100, default="mailexpert")
    utm_medium = models.CharField(max_length=100, default="email")
    changed_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["SiteMeasuring"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id"], name="tracking_sites_once")]


class SiteSeen(AccountRow):
    """When the script on a site last told anything."""

    host = models.CharField(max_length=253)
    seen_at = models.DateTimeField()

    objects: ClassVar[AccountManager["SiteSeen"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id", "host"], name="tracking_seen_once")]


class Goal(AccountRow):
    """A page that is reached, an event that a page calls by name, or one with an amount. Never deleted: what was
    counted for it keeps its name."""

    class Kind(models.TextChoices):
        PAGE = "page", _("A page is reached")
        EVENT = "event", _("Something happens on a page")
        VALUE = "value", _("An order or gift, with its amount")

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=5, choices=Kind)
    pattern = models.CharField(max_length=300, blank=True)
    event = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Goal"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "event"],
                condition=models.Q(archived_at=None) & ~models.Q(event=""),
                name="tracking_goal_event_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Conversion(AccountRow):
    """So many equal ones of an hour, or one order. It names nobody: `order_key` is a keyed hash of the shop's number,
    by which an order that comes twice counts once. `cents`: hundredths of the currency, what is left of it after
    refunds; `first_cents` what it began with. A registration at the operator's has no goal."""

    class Via(models.TextChoices):
        PAGE = "page"
        API = "api"
        REGISTRATION = "registration"

    goal: Any = AccountForeignKey(Goal, models.CASCADE, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    via = models.CharField(max_length=12, choices=Via, default=Via.PAGE, db_default=Via.PAGE)
    channel = models.SmallIntegerField(choices=Channel, default=0, db_default=0)
    issue_id = models.BigIntegerField(null=True, blank=True)
    link = models.SmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=100, blank=True, db_default="")
    medium = models.CharField(max_length=100, blank=True, db_default="")
    campaign = models.CharField(max_length=200, blank=True, db_default="")
    keyword = models.CharField(max_length=200, blank=True, db_default="")
    n = models.IntegerField(default=1, db_default=1)
    cents = models.BigIntegerField(default=0, db_default=0)
    first_cents = models.BigIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    order_key = models.CharField(max_length=40, blank=True, db_default="")

    objects: ClassVar[AccountManager["Conversion"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [models.Index(fields=["at"], name="tracking_conversion_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "order_key"],
                condition=~models.Q(order_key=""),
                name="tracking_order_once",
            ),
            models.CheckConstraint(
                condition=models.Q(cents__gte=0, n__gte=0), name="tracking_conversion_not_below_nothing"
            ),
        ]


class ConversionLink(AccountRow):
    """Whose conversion it was, only of who agreed to that: a contact whose consent to individual measurement stands, or
    at the operator's a customer who chose so (`choice`, with the click of the advertisement)."""

    conversion: Any = AccountForeignKey(Conversion, models.CASCADE, related_name="links")
    at = models.DateTimeField(db_default=Now())
    contact_id = models.BigIntegerField(null=True, blank=True)
    customer_account_id = models.BigIntegerField(null=True, blank=True)
    click_id = models.CharField(max_length=200, blank=True, db_default="")
    choice = models.CharField(max_length=40, blank=True, db_default="")

    objects: ClassVar[AccountManager["ConversionLink"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read when somebody takes their consent back.
            models.Index(fields=["account_id", "contact_id"], name="tracking_link_contact"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "click_id"],
                condition=~models.Q(click_id=""),
                name="tracking_click_once",
            )
        ]


class GoalDay(Walled):
    """Conversions added up by day, goal and what they came of, so that a report reads few rows. `issue_id` is 0 where
    it was no mail."""

    pk = models.CompositePrimaryKey(
        "account_id", "day", "goal_id", "channel", "issue_id", "source", "medium", "campaign", "currency"
    )
    day = models.DateField()
    goal_id = models.BigIntegerField()
    channel = models.SmallIntegerField(choices=Channel)
    issue_id = models.BigIntegerField()
    source = models.CharField(max_length=100)
    medium = models.CharField(max_length=100)
    campaign = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    n = models.BigIntegerField()
    cents = models.BigIntegerField()

    objects: ClassVar[AccountManager["GoalDay"]] = AccountManager()

    class Meta(Walled.Meta):
        indexes = [
            # Read by a mailing's report.
            models.Index(fields=["account_id", "issue_id"], name="tracking_goalday_issue")
        ]
