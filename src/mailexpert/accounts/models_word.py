"""Word about an account: a limit, an import, a domain, a relay, a login. In the page always, by mail by choice."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.models_user import User
from mailexpert.core.models import AccountManager, AccountRow


class Word(AccountRow):
    """`key` makes it once: the same limit, the same import, the same domain is told one time."""

    class Kind(models.TextChoices):
        LIMIT_NEAR = "limit_near", _("A limit of the package is near")
        LIMIT_REACHED = "limit_reached", _("A limit of the package is reached")
        IMPORT_DONE = "import_done", _("An import is done")
        IMPORT_FAILED = "import_failed", _("An import failed")
        DOMAIN_BROKEN = "domain_broken", _("A sender domain is broken")
        RELAY_REFUSES = "relay_refuses", _("A relay refuses mail")
        MAILING_PAUSED = "mailing_paused", _("A mailing is paused")
        TEST_ASKS = "test_asks", _("A test of versions asks you to choose")
        TEST_DECIDED = "test_decided", _("A test of versions was decided")
        REQUEST = "request", _("A person asks for something by right")
        NEW_DEVICE = "new_device", _("Someone logged in on a new device")

    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=120)
    values: Any = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Word"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id", "key"], name="accounts_word_once")]


class LoginPlace(models.Model):
    """A kind of device that a user logged in from; a new one is told."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    device = models.CharField(max_length=70)
    first_seen = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "device"], name="accounts_loginplace_once")]
