"""Visits to the operator's own site and application, requests for diagnostics, and what advertising cost.

The intake's collector writes visits by SQL (intake/visits.py)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Visit(models.Model):
    """One page that was looked at. `ip` is emptied after 7 days; `network` never belonged to one connection.
    `visitor` is filled only for who agreed that interests may be followed."""

    app_may: ClassVar[str] = "SELECT, INSERT"

    at = models.DateTimeField(db_default=Now())
    page = models.TextField()
    seconds = models.IntegerField()
    source = models.TextField(blank=True, db_default="")
    browser = models.TextField(blank=True, db_default="")
    system = models.TextField(blank=True, db_default="")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    ip = models.GenericIPAddressField(null=True)
    network = models.TextField(blank=True, db_default="")
    search = models.TextField(blank=True, db_default="")
    visitor = models.TextField(blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["at"], name="tracking_visit_at")]


class WebRequest(models.Model):
    """A line of the web log, to find faults by their address. Gone after 14 days."""

    app_may: ClassVar[str] = "SELECT, INSERT"

    at = models.DateTimeField(db_default=Now())
    ip = models.GenericIPAddressField(null=True)
    method = models.CharField(max_length=10)
    path = models.TextField()
    status = models.SmallIntegerField()
    milliseconds = models.IntegerField()
    browser = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="tracking_request_at"),
            models.Index(fields=["ip", "-at"], name="tracking_request_ip"),
        ]


class Source(models.TextChoices):
    GOOGLE = "google", _("Google Ads")
    MICROSOFT = "microsoft", _("Microsoft Advertising")


class AdCost(models.Model):
    """What a keyword of a campaign cost on a day, as the advertiser's export says. `cents` of `currency`."""

    day = models.DateField()
    source = models.CharField(max_length=10, choices=Source)
    campaign = models.CharField(max_length=200)
    keyword = models.CharField(max_length=200, blank=True)
    clicks = models.IntegerField()
    cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "source", "campaign", "keyword"], name="tracking_adcost_once"
            )
        ]
