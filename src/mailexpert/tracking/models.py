"""What came of the links in a mail. The intake's collector writes these tables by SQL (intake/store.py)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountManager, Walled
from mailexpert.tracking.models_visits import AdCost, Conversion, Source, Visit, WebRequest

__all__ = ["OPENS", "AdCost", "Conversion", "HitFile", "Source", "Tally", "Visit", "WebRequest"]

OPENS = -1


class Tally(Walled):
    """How often a link of an issue was asked for in an hour. `link` -1 is the picture that shows an open."""

    class Kind(models.IntegerChoices):
        OPEN = 1, _("Opened")
        CLICK = 2, _("Clicked")
        MACHINE_OPEN = 3, _("Opened by a machine")
        MACHINE_CLICK = 4, _("Clicked by a machine")

    pk = models.CompositePrimaryKey("account_id", "issue_id", "link", "kind", "hour")
    issue_id = models.BigIntegerField()
    link = models.SmallIntegerField()
    kind = models.SmallIntegerField(choices=Kind)
    hour = models.DateTimeField()
    n = models.BigIntegerField()

    objects: ClassVar[AccountManager["Tally"]] = AccountManager()

    class Meta(Walled.Meta):
        pass


class HitFile(models.Model):
    """An append file that was counted. Its name, in the same transaction as the counts, makes that once."""

    app_may: ClassVar[str] = ""

    name = models.TextField(primary_key=True)
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["taken_at"], name="tracking_hitfile_age")]
