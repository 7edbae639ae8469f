"""Persons who log in, and what belongs to a person rather than to an account."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who logs in. May belong to several accounts. `login_round`: one higher ends every session."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Like the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Right(models.TextChoices):
        """What a staff member may do beyond looking after accounts."""

        PUBLISH = "publish", _("Write and approve policy and agreements")
        ANNOUNCE = "announce", _("Send service announcements, or read them as the second one")
        PROMOTE = "promote", _("Write news, testimonials and mails about the product")
        DISCLOSE = "disclose", _("Judge requests for customers’ data")
        STAFF = "staff", _("Give and take these rights")

    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="nl")
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    wants_product_updates = models.BooleanField(default=True)
    wants_promotions = models.BooleanField(default=False)
    login_round = models.PositiveIntegerField(default=0)
    is_staff = models.BooleanField(default=False)
    staff_rights: Any = ArrayField(models.CharField(max_length=12, choices=Right), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def may(self, right: str) -> bool:
        return self.is_staff and right in self.staff_rights

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        return False

    def has_module_perms(self, _label: str) -> bool:
        return False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        password = self.password
        self.password = f"{password}.{self.login_round}"
        try:
            return super()._get_session_auth_hash(secret=secret)  # type: ignore[misc, no-any-return]
        finally:
            self.password = password


class Device(models.Model):
    """A browser that its user asked to be remembered on. The token changes at every use; its hash is here.
    `previous`: the token before. For a minute two tabs may both bring it; later it is theft."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    series = models.CharField(max_length=24, unique=True)
    token = models.BinaryField(max_length=20)
    previous = models.BinaryField(max_length=20, default=b"")
    rotated_at = models.DateTimeField()
    browser = models.CharField(max_length=30, blank=True)
    system = models.CharField(max_length=30, blank=True)
    session_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    last_used = models.DateField()
    expires_at = models.DateTimeField()

    @property
    def name(self) -> str:
        if self.browser and self.system:
            return str(_("{browser} on {system}").format(browser=self.browser, system=self.system))
        return self.browser or self.system or str(_("Unknown browser"))


class Notice(models.Model):
    """A mail from MailExpert to one person, kept until a worker hands it to the relay. It may hold a link
    that opens an account, so it is deleted then."""

    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    created_at = models.DateTimeField()


class Memory(models.Model):
    """What the web processes must remember together for a short time: counts of attempts (Django's cache)."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)
