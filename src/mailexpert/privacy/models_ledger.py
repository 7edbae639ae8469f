"""What makes the consent ledger a chain: each link seals the lines of one account that came since the last one."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from mailexpert.core.models import AccountManager, AccountRow


class Link(AccountRow):
    """Lines `first_id` to `last_id` of one account, as they were when they were sealed. `hash` binds them to all links
    before it. An import's million lines are one link; `digest` is made of a hash per line."""

    append_only = True

    n = models.BigIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    lines = models.BigIntegerField()
    digest = models.BinaryField()
    prev = models.BinaryField()
    hash = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Link"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id", "n"], name="privacy_link_once")]
        indexes = [
            # Read by the proof of one person, for each of its lines.
            models.Index(fields=["account_id", "last_id"], name="privacy_link_last"),
        ]


class SealMark(models.Model):
    """How far the ledger is sealed, and how far it may be next: a line with a lower number can still be on its way in
    a transaction that began before `before_xid`."""

    app_may: ClassVar[str] = ""

    sealed_to = models.BigIntegerField(default=0)
    next_to = models.BigIntegerField(default=0)
    before_xid = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())
