"""The domains that an account sends from, and the keys that sign for them."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow
from mailexpert.mail import dkim


class SenderDomain(AccountRow):
    """A domain whose addresses may stand in From, once its records show that it is this account's. `token` keeps
    the records of two accounts with one domain apart. `findings` is what the last look at DNS found, by record."""

    class State(models.IntegerChoices):
        WAITING = 0
        VERIFIED = 1
        BROKEN = 2

    name = models.CharField(max_length=253)
    token = models.CharField(max_length=16)
    spf_include = models.CharField(max_length=253, blank=True, default="")
    state = models.SmallIntegerField(choices=State, default=State.WAITING)
    findings: Any = models.JSONField(default=dict)
    has_return_path = models.BooleanField(default=False)
    is_strict = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    checked_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["SenderDomain"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id", "name"], name="sending_domain_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        return self.state == self.State.VERIFIED

    @property
    def is_broken(self) -> bool:
        return self.state == self.State.BROKEN

    @property
    def return_host(self) -> str:
        """Where mail that can't be delivered comes back to: a name of its own, so that the SPF record and the mail
        hosts of the domain itself stay as they are."""
        return f"mx-{self.token}.{self.name}"


class SenderKey(AccountRow):
    """A key pair. It signs once DNS shows its public half; a newer one then takes its place."""

    class Algorithm(models.TextChoices):
        RSA = dkim.RSA, "RSA"
        ED25519 = dkim.ED25519, "Ed25519"

    class State(models.IntegerChoices):
        WAITING = 0
        ACTIVE = 1
        RETIRED = 2

    domain: Any = AccountForeignKey(SenderDomain, models.CASCADE, related_name="keys", db_index=False)
    algorithm = models.CharField(max_length=8, choices=Algorithm)
    selector = models.CharField(max_length=40)
    public = models.TextField()
    secret = models.TextField(blank=True)
    state = models.SmallIntegerField(choices=State, default=State.WAITING)
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["SenderKey"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "domain", "selector"], name="sending_key_once")
        ]

    def __str__(self) -> str:
        return self.selector

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain.name}"

    @property
    def record(self) -> str:
        return dkim.record(self.algorithm, self.public)
