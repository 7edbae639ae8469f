"""Accounts: organisations and persons that mail, with their members and keys."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.models_package import Package, Receipt, Takeaway
from mailexpert.accounts.models_site import Site
from mailexpert.accounts.models_user import Device, Memory, Notice, User, UserManager
from mailexpert.accounts.models_word import LoginPlace, Word
from mailexpert.accounts.rules import TOKEN_MARK
from mailexpert.core.models import AccountManager, AccountRow, Walled

__all__ = [
    "Acceptance",
    "Account",
    "ApiToken",
    "Device",
    "Invitation",
    "LoginPlace",
    "Membership",
    "Memory",
    "Notice",
    "Package",
    "Receipt",
    "Site",
    "Takeaway",
    "User",
    "UserManager",
    "Word",
]  # fmt: skip


class Account(Walled):
    """An organisation or person that mails. Its own row stands behind the wall too."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Organisation")
        PERSON = "person", _("Person")

    wall_column = "id"

    account_id = None  # type: ignore[assignment]
    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ORGANISATION)
    kvk = models.CharField(max_length=8, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    postal_address = models.TextField(blank=True)
    sender_note = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    country = models.CharField(max_length=2, default="NL")
    language = models.CharField(max_length=5, default="nl")
    package: Any = models.ForeignKey(Package, models.SET_NULL, null=True, blank=True, related_name="+")
    closing_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Walled.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name

    @property
    def sender_line(self) -> str:
        """Who mails and where they live, as it stands below every mailing."""
        address = ", ".join(line.strip() for line in self.postal_address.splitlines() if line.strip())
        return " · ".join(part for part in (self.name, address, self.sender_note) if part)


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Administrator")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")


class Membership(AccountRow):
    """What a user may do in an account."""

    Role = Role

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.OWNER)
    muted: Any = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager["Membership"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "user"], name="accounts_membership_once")
        ]


class Invitation(AccountRow):
    """Someone who was asked by mail to join. The mailed link names this row; without it the link is dead."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role, default=Role.EDITOR)
    language = models.CharField(max_length=5, default="nl")
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects: ClassVar[AccountManager["Invitation"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint("account_id", Lower("email"), name="accounts_invitation_once")]


class Acceptance(AccountRow):
    """Which version of which agreement was accepted, by whom and when; the hash names the text."""

    append_only = True

    user = models.ForeignKey(User, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    document = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    text_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects: ClassVar[AccountManager["Acceptance"]] = AccountManager()


class ApiToken(AccountRow):
    """A key for programs. Only its hash is kept; the prefix lets a person recognise it."""

    class Scope(models.TextChoices):
        READ = "read", _("Read: contacts, mailings and reports")
        WRITE = "write", _("Write: contacts, templates and drafts")
        SEND = "send", _("Send mailings")

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=8)
    hash = models.BinaryField(max_length=20)
    scopes: Any = ArrayField(models.CharField(max_length=10, choices=Scope))
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    last_used = models.DateField(null=True)

    objects: ClassVar[AccountManager["ApiToken"]] = AccountManager()

    class Meta(AccountRow.Meta):
        # Read by queries.account_of_token at every request of the API.
        indexes = [models.Index(fields=["account_id", "prefix"], name="accounts_token_prefix")]

    @property
    def beginning(self) -> str:
        """What a person sees of it."""
        return f"{TOKEN_MARK}_{self.account_id}_{self.prefix}"

    @property
    def may_in_words(self) -> str:
        return ", ".join(str(self.Scope(scope).label).partition(":")[0] for scope in self.scopes)

    def may(self, scope: str) -> bool:
        return scope in self.scopes
