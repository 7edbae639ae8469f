"""How fast mail may go: what accounts set, what is known of receiving providers, and the meters that all engines
share."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from mailexpert.core.models import AccountManager, AccountRow


class Tempo(AccountRow):
    """What an account asks of its own sending: so many mails an hour, and hours in which nothing goes out."""

    per_hour = models.PositiveIntegerField(null=True, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/Amsterdam")

    objects: ClassVar[AccountManager["Tempo"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id"], name="sending_tempo_once")]


class Warmup(AccountRow):
    """A sender domain that is new: so many mails to each provider on its first day, twice as many on each next."""

    domain = models.CharField(max_length=253)
    first_day = models.DateField()
    first = models.PositiveIntegerField(default=200)

    objects: ClassVar[AccountManager["Warmup"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id", "domain"], name="sending_warmup_once")]

    def __str__(self) -> str:
        return self.domain


class DomainLimit(AccountRow):
    """A sender domain of which at most so many mails go out an hour, to all receivers together."""

    domain = models.CharField(max_length=253)
    per_hour = models.PositiveIntegerField()

    objects: ClassVar[AccountManager["DomainLimit"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "domain"], name="sending_domainlimit_once")
        ]

    def __str__(self) -> str:
        return self.domain


class MailDomain(models.Model):
    """Which provider receives for a domain, by its MX records. Asked by a job; who isn't known yet is ''."""

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE"

    domain = models.TextField(primary_key=True)
    provider = models.TextField(db_default="")
    needed_at = models.DateTimeField(db_default=Now())
    looked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sending_maildomain"
        indexes = [
            # Read by jobs.look_up_providers: who was never asked after, then who longest ago.
            models.Index(fields=["looked_at"], name="sending_maildomain_age")
        ]


class Meter(models.Model):
    """What was handed out under one limit, for all engines together (delivery.pace). Times are seconds since 1970,
    by the database's clock."""

    app_may: ClassVar[str] = "SELECT"

    key = models.TextField(primary_key=True)
    free_at = models.FloatField(db_default=0.0)
    day = models.IntegerField(db_default=0)
    used = models.IntegerField(db_default=0)
    step = models.SmallIntegerField(db_default=0)
    stepped_at = models.FloatField(db_default=0.0)
    rests_until = models.FloatField(db_default=0.0)
    at = models.DateTimeField(db_default=Now())


class Hold(models.Model):
    """An engine that uses a relay now: they divide its connections among them. `down_until`: it can't reach it."""

    app_may: ClassVar[str] = "SELECT"

    pk = models.CompositePrimaryKey("relay_id", "engine")
    relay_id = models.BigIntegerField()
    engine = models.TextField()
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()
    down_until = models.DateTimeField(null=True)
