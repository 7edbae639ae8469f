"""Web sites that an account has shown to be its own."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from mailexpert.core.models import AccountManager, AccountRow


class Site(AccountRow):
    """A host name. `token` stands in its DNS or in a file on it; until that was seen the claim says nothing, and
    another account may make the same."""

    host = models.CharField(max_length=253)
    token = models.CharField(max_length=32)
    created_at = models.DateTimeField(db_default=Now())
    checked_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Site"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id", "host"], name="accounts_site_once")]

    def __str__(self) -> str:
        return self.host

    @property
    def record_name(self) -> str:
        return f"_mailexpert.{self.host}"

    @property
    def proof(self) -> str:
        """What stands in the record or the file."""
        return f"mailexpert-site={self.token}"

    @property
    def file_url(self) -> str:
        return f"https://{self.host}/.well-known/mailexpert.txt"
