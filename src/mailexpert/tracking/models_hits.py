"""What came of the links in a mail. The intake's collector writes these tables by SQL (intake/statements.sql)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountManager, AccountRow, Walled

OPENS = -1


class Mode(models.TextChoices):
    """What is measured of a mailing, from nothing to everything; each holds the ones before it."""

    NONE = "none", _("Nothing")
    AGGREGATE = "aggregate", _("Clicks, added up")
    LAST_ACTIVE = "last_active", _("Clicks, added up, and the last day that someone was active")
    INDIVIDUAL = "individual", _("Who clicked what, of people who agreed to that")


class Kind(models.IntegerChoices):
    OPEN = 1, _("Opened")
    CLICK = 2, _("Clicked")
    MACHINE_OPEN = 3, _("Opened by a machine")
    MACHINE_CLICK = 4, _("Clicked by a machine")


class Device(models.IntegerChoices):
    UNKNOWN = 0, _("Unknown")
    PHONE = 1, _("Phone")
    TABLET = 2, _("Tablet")
    DESKTOP = 3, _("Computer")


class Rule(models.IntegerChoices):
    """What made us call an asker a machine; 0 is a person."""

    PERSON = 0, _("A person")
    PROGRAM = 1, _("A program that says so")
    GMAIL = 2, _("Gmail’s image proxy")
    YAHOO = 3, _("Yahoo’s image proxy")
    APPLE = 4, _("Apple’s Mail Privacy Protection")
    PROXY = 5, _("Another image proxy")
    SCANNER = 6, _("A security scanner that says so")
    PREVIEW = 7, _("A preview in a chat or search engine")
    NETWORK = 8, _("From a network of scanners")
    PREFETCH = 9, _("Fetched before anybody asked")
    HIDDEN = 10, _("Followed a link that nobody can see")
    AT_ONCE = 11, _("Several links within a second")
    ORDER = 12, _("The links one after the other, in their order")
    HEAD = 13, _("Asked for the head of a page first")
    TIMING = 14, _("Within seconds after delivery")
    REPLAY = 15, _("The same link again and again")
    CROWD = 16, _("The mails of many readers from one address")


class Event(Walled):
    """So many equal hits of an hour, out of one append file. It names no person. Partitioned by month; the rows of a
    month go together. `part`: which five minutes of the hour, in a mailing's first twelve hours. `provider`: where the
    reader's mail lies, known only of people who agreed to be measured."""

    hot = True

    pk = models.CompositePrimaryKey(
        "account_id", "issue_id", "link", "kind", "at", "device", "provider", "country", "rule"
    )
    issue_id = models.BigIntegerField()
    link = models.SmallIntegerField()
    kind = models.SmallIntegerField(choices=Kind)
    at = models.DateTimeField()
    part = models.SmallIntegerField(null=True)
    device = models.SmallIntegerField(choices=Device)
    provider = models.TextField()
    country = models.TextField()
    rule = models.SmallIntegerField(choices=Rule)
    n = models.IntegerField()

    objects: ClassVar[AccountManager["Event"]] = AccountManager()

    class Meta(Walled.Meta):
        pass


class Trail(Walled):
    """A person's own open or click, of someone who agreed to be measured individually. Partitioned by month."""

    hot = True

    pk = models.CompositePrimaryKey("account_id", "contact_id", "issue_id", "link", "kind", "at")
    contact_id = models.BigIntegerField()
    issue_id = models.BigIntegerField()
    link = models.SmallIntegerField()
    kind = models.SmallIntegerField(choices=Kind)
    at = models.DateTimeField()

    objects: ClassVar[AccountManager["Trail"]] = AccountManager()

    class Meta(Walled.Meta):
        pass


class Rollup(Walled):
    """Hits added up by one property at a time, so that a report reads as many rows as it shows, whatever came in.
    `value` is the link's number (-1 is the picture that shows an open), the hour or, of a mailing's first twelve
    hours, the five minutes in seconds since 1970, or a word."""

    class By(models.IntegerChoices):
        TOTAL = 0
        LINK = 1
        HOUR = 2
        DEVICE = 3
        PROVIDER = 4
        COUNTRY = 5
        RULE = 6
        PART = 7

    pk = models.CompositePrimaryKey("account_id", "issue_id", "by", "value", "kind")
    issue_id = models.BigIntegerField()
    by = models.SmallIntegerField(choices=By)
    value = models.TextField()
    kind = models.SmallIntegerField(choices=Kind)
    n = models.BigIntegerField()

    objects: ClassVar[AccountManager["Rollup"]] = AccountManager()

    class Meta(Walled.Meta):
        pass


class HitFile(models.Model):
    """An append file that was counted. Its name, in the same transaction as the counts, makes that once."""

    app_may: ClassVar[str] = ""

    name = models.TextField(primary_key=True)
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["taken_at"], name="tracking_hitfile_age")]


class Measuring(AccountRow):
    """How far an account goes in measuring. Without a row: clicks added up, no opens."""

    highest = models.CharField(max_length=20, choices=Mode, default=Mode.AGGREGATE)
    opens = models.BooleanField(default=False)
    assessment = models.TextField(blank=True)
    changed_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Measuring"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id"], name="tracking_measuring_once")]


class PixelsOff(models.Model):
    """While there is a row, no counting picture of any account counts, also in mails sent long ago."""

    app_may: ClassVar[str] = "SELECT"

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(db_default=Now())
