"""The mail servers that mailings leave through: an account's own, and the installation's for accounts without one."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountManager, AccountRow


class MailServer(models.Model):
    """Where it is, how to get in, and how much it takes. A limit that is empty is none. `limits` holds those for one
    receiving provider: {"google": {"per_hour": 500, "connections": 2, "per_connection": 20}}."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS")
        TLS = "tls", _("TLS from the start")
        NONE = "none", _("None")

    class Login(models.TextChoices):
        PASSWORD = "password", _("User name and password")
        TOKEN = "token", _("Access token (XOAUTH2)")

    name = models.CharField(max_length=100)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    verify = models.BooleanField(default=True)
    login = models.CharField(max_length=8, choices=Login, default=Login.PASSWORD, db_default="password")
    username = models.CharField(max_length=254, blank=True)
    secret = models.TextField(blank=True)
    token_url = models.CharField(max_length=300, blank=True, default="", db_default="")
    client_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    client_secret = models.TextField(blank=True, default="", db_default="")
    enabled = models.BooleanField(default=True)
    weight = models.PositiveSmallIntegerField(default=1, db_default=1)
    max_connections = models.PositiveSmallIntegerField(default=4)
    per_connection = models.PositiveIntegerField(null=True, blank=True)
    per_second = models.PositiveIntegerField(null=True, blank=True)
    per_hour = models.PositiveIntegerField(null=True, blank=True)
    delivers_itself = models.BooleanField(default=False, db_default=False)
    warmup_from = models.DateField(null=True, blank=True)
    warmup_first = models.PositiveIntegerField(default=200, db_default=200)
    limits: Any = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Relay(MailServer, AccountRow):
    """A mail server of the account's own."""

    objects: ClassVar[AccountManager["Relay"]] = AccountManager()

    class Meta(AccountRow.Meta):
        pass


class InstallationRelay(MailServer):
    """A mail server of the installation, for accounts without one of their own. The delivery engine knows it by its
    number below zero; 0 is the one that MAILEXPERT_RELAY_URL names, for as long as there is none here."""

    app_may: ClassVar[str] = "SELECT"

    id = models.BigAutoField(primary_key=True)
