"""Testimonials with their consent, and figures for partners with their budget."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from mailexpert.accounts.models import User
from mailexpert.core.models import AccountManager, AccountRow


class Testimonial(AccountRow):
    """What an account says about MailExpert. It is public only while the account's own consent stands."""

    words_nl = models.TextField(blank=True)
    words_en = models.TextField(blank=True)
    signed_as = models.CharField(max_length=200)
    consent_text = models.TextField(blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    consented_by_id = models.BigIntegerField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Testimonial"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_at=None)
                | (models.Q(consented_at__isnull=False) & models.Q(withdrawn_at=None)),
                name="site_testimonial_published_with_consent",
            )
        ]


class Figure(models.Model):
    """A published figure for partners. Drawn once; asked again it is the same, and costs nothing more."""

    app_may: ClassVar[str] = "SELECT, INSERT"

    quarter = models.CharField(max_length=7)
    name = models.CharField(max_length=40)
    cell = models.CharField(max_length=60)
    value = models.BigIntegerField()
    group = models.IntegerField()
    epsilon = models.FloatField()
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quarter", "name", "cell"], name="site_figure_fixed")]


class Spent(models.Model):
    """What each release took from the privacy budget of its quarter."""

    app_may: ClassVar[str] = "SELECT, INSERT"

    quarter = models.CharField(max_length=7)
    name = models.CharField(max_length=40)
    epsilon = models.FloatField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quarter", "name"], name="site_spent_once")]
