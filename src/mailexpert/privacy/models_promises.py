"""What came of the checks, who vouches where no machine can look, and questions about security."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class PromiseState(models.Model):
    """How a promise stands now. The application's role may only read it: nobody can set it by hand. `said` holds
    sentences as [msgid, values], to be said in the reader's language; `since`: when this state began."""

    app_may: ClassVar[str] = "SELECT"

    promise = models.CharField(max_length=4, primary_key=True)
    state = models.CharField(max_length=10)
    said = models.JSONField(default=list)
    checked_at = models.DateTimeField()
    since = models.DateTimeField()


class PromiseTurn(models.Model):
    """History: a line at each change of state, and one a day as a sign that the check still runs."""

    app_may: ClassVar[str] = "SELECT"

    promise = models.CharField(max_length=4)
    state = models.CharField(max_length=10)
    said = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # Read by the history of a promise.
            models.Index(fields=["promise", "-at"], name="privacy_promiseturn_history"),
        ]


class Attestation(models.Model):
    """A person answers for what no machine can see, until a date. After it the promise is broken again."""

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE"

    promise = models.CharField(max_length=4)
    name = models.CharField(_("Who vouches"), max_length=200)
    capacity = models.CharField(_("In what capacity"), max_length=200, blank=True)
    document = models.CharField(_("Document"), max_length=300)
    signed_on = models.DateField(_("Signed on"))
    expires_on = models.DateField(_("Valid until"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Question(models.Model):
    """Something that somebody asked us, with the moment before which an answer is due."""

    class About(models.TextChoices):
        SECURITY = "security", _("Security: a leak, a weakness, something strange")
        PRIVACY = "privacy", _("Privacy: my data, a cookie, the policy")
        OTHER = "other", _("Something else")

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE"

    about = models.CharField(_("What is it about?"), max_length=10, choices=About, default=About.SECURITY)
    name = models.CharField(_("Your name"), max_length=100, blank=True)
    email = models.EmailField(_("Your e-mail address"), max_length=254)
    text = models.TextField(_("Your question"), max_length=10_000)
    language = models.CharField(max_length=5, default="nl")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(_("Answer"), max_length=10_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        indexes = [
            # Read by the promise: whose turn is over.
            models.Index(
                fields=["due_at"], condition=models.Q(answered_at=None), name="privacy_question_open"
            ),
        ]


class SecurityContact(models.Model):
    """What security.txt says (RFC 9116); the newest row counts. Whoever renews it has seen that it still holds."""

    app_may: ClassVar[str] = "SELECT, INSERT"

    address = models.EmailField(_("E-mail address for reports"), max_length=254, blank=True)
    expires_at = models.DateTimeField(_("Valid until"))
    entered_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    entered_at = models.DateTimeField()


class Subprocessor(models.Model):
    """A company that handles data for us, and the hosts that we reach it by (article 28 GDPR)."""

    name = models.CharField(_("Name"), max_length=200)
    postal_address = models.CharField(_("Postal address"), max_length=300)
    country = models.CharField(_("Country"), max_length=60)
    contact = models.CharField(_("Contact person"), max_length=200)
    purpose_nl = models.CharField(_("What it does for us, in Dutch"), max_length=300)
    purpose_en = models.CharField(_("What it does for us, in English"), max_length=300)
    hosts = ArrayField(models.CharField(max_length=253), verbose_name=_("Hosts"), default=list, blank=True)
    since = models.DateField(_("Since"))
    ended_on = models.DateField(_("Until"), null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class ServedCookie(models.Model):
    """A kind of cookie that was really served: what promises about cookies look at. No visitor is in it."""

    name = models.CharField(max_length=100)
    max_age = models.IntegerField(null=True)  # none: it ends with the browser
    is_secure = models.BooleanField()
    is_http_only = models.BooleanField()
    same_site = models.CharField(max_length=10)
    last_seen = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "max_age", "is_secure", "is_http_only", "same_site"],
                name="privacy_servedcookie_kind",
                nulls_distinct=False,
            )
        ]
