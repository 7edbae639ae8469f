"""Accounts (the organisations) and their users."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountManager, AccountRow, Walled


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
    phone = models.CharField(max_length=30, blank=True)
    country = models.CharField(max_length=2, default="NL")
    language = models.CharField(max_length=5, default="nl")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Walled.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who logs in. May belong to several accounts."""

    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="nl")
    theme = models.CharField(max_length=5, default="auto")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(models.functions.Lower("email"), name="accounts_user_email")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        return False

    def has_module_perms(self, _label: str) -> bool:
        return False


class Membership(AccountRow):
    """What a user may do in an account."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ADMIN = "admin", _("Administrator")
        EDITOR = "editor", _("Editor")
        VIEWER = "viewer", _("Viewer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.OWNER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager["Membership"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id", "user"], name="accounts_membership_once")]
