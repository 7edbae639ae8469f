"""Packages that the operator offers, and what an account takes along when it leaves."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from mailexpert.core.models import AccountManager, AccountRow


class Package(models.Model):
    """An empty limit is no limit. While no package is the default one, everything is unlimited."""

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE"

    name = models.CharField(max_length=60)
    contacts = models.BigIntegerField(null=True, blank=True)
    mails = models.BigIntegerField(null=True, blank=True)
    storage = models.BigIntegerField(null=True, blank=True)
    sites = models.IntegerField(null=True, blank=True)
    is_offered = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="accounts_package_one_default",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def limit(self, key: str) -> int | None:
        """By the key of a measure of use (core.usage)."""
        return {
            "contacts": self.contacts,
            "mails": self.mails,
            "images": self.storage,
            "sites": self.sites,
        }.get(key)


class Takeaway(AccountRow):
    """Everything of the account in one file, for who leaves or wants a copy. `file`: its random name."""

    class State(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"

    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    file = models.CharField(max_length=60, blank=True)
    size = models.BigIntegerField(default=0)
    asked_by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Takeaway"]] = AccountManager()


class Receipt(models.Model):
    """Proof that an account was erased: how many rows of which table, signed, without a name."""

    app_may: ClassVar[str] = "SELECT"

    code = models.CharField(max_length=40, unique=True)
    erased_at = models.DateTimeField(db_default=Now())
    counts: Any = models.JSONField()
    signature = models.CharField(max_length=64)
