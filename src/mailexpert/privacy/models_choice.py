"""What visitors chose about cookies: which purposes, of which version of the question, when and how."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class CookieChoice(models.Model):
    """One choice. `reference` stands in the visitor's own cookie; without that cookie nobody can tell whose it is."""

    class How(models.TextChoices):
        BANNER = "banner", _("In the question on the page")
        SETTINGS = "settings", _("On the page about cookies")
        SIGNAL = "signal", _("Refused by the browser’s signal (Global Privacy Control)")

    app_may: ClassVar[str] = "SELECT, INSERT"

    reference = models.CharField(max_length=32)
    version = models.PositiveSmallIntegerField()
    purposes: Any = ArrayField(models.CharField(max_length=12), default=list)
    how = models.CharField(max_length=10, choices=How)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["reference"], name="privacy_cookiechoice_ref")]
