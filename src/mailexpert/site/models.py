"""The operator's side: news, and the customers as contacts of the operator's own account."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.models import User
from mailexpert.site.models_public import Figure, Spent, Testimonial

__all__ = [
    "Customer", "CustomerList", "Figure", "MailKind", "Message", "NewsItem", "Spent", "Tags", "Testimonial",
]  # fmt: skip


class NewsItem(models.Model):
    """A message under News, in both languages. One of a policy's version carries its number."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("New in MailExpert")
        MAINTENANCE = "maintenance", _("Maintenance")
        POLICY = "policy", _("Policy and agreements")

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PRODUCT)
    title_nl = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    body_nl = models.TextField()
    body_en = models.TextField()
    edition_id = models.BigIntegerField(null=True, blank=True, unique=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-published_at"], name="site_news_newest")]

    def __str__(self) -> str:
        return self.title(get_language() or "nl")

    def title(self, language: str) -> str:
        return self.title_en if language == "en" else self.title_nl

    def body(self, language: str) -> str:
        return self.body_en if language == "en" else self.body_nl

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None


class Tags(models.Model):
    """Which tags of others our own public pages load, after consent. One row; empty means none."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    google = models.CharField(max_length=20, blank=True)
    microsoft = models.CharField(max_length=20, blank=True)


class MailKind(models.TextChoices):
    """The kinds of mail that the operator sends to its customers."""

    SERVICE = "service", _("Service announcements")
    UPDATES = "updates", _("Product news")
    PROMOTIONS = "promotions", _("Offers")


class Message(models.Model):
    """A mail from the operator to its customers. One about the service says only when, what and what to do, and
    leaves after a second reader agreed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OFFERED = "offered", _("Waits for a second reader")
        REFUSED = "refused", _("Refused")
        SENT = "sent", _("Sent")

    class Event(models.TextChoices):
        MAINTENANCE = "maintenance", _("Planned maintenance")
        FAULT = "fault", _("Fault")
        SECURITY = "security", _("Security")
        CHANGE = "change", _("Change in how the service works")

    kind = models.CharField(max_length=12, choices=MailKind)
    event = models.CharField(max_length=12, choices=Event, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    subject_nl = models.CharField(max_length=150, blank=True)
    subject_en = models.CharField(max_length=150, blank=True)
    body_nl = models.TextField()
    body_en = models.TextField()
    todo_nl = models.CharField(max_length=300, blank=True)
    todo_en = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reader = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    refused_because = models.CharField(max_length=300, blank=True)
    mailings: Any = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        subject = self.subject_en if get_language() == "en" else self.subject_nl
        return subject or str(self.get_event_display())


class CustomerList(models.Model):
    """Which list of the operator's account holds the customers for a kind of mail, in one language."""

    kind = models.CharField(max_length=12, choices=MailKind)
    language = models.CharField(max_length=5)
    list_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="site_customerlist_once")]


class Customer(models.Model):
    """A user of some account as a contact of the operator. `updates` and `promotions` are the choice as it was
    last brought in step; whichever side differs from it has changed."""

    app_may: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    contact_id = models.BigIntegerField(unique=True)
    email_key = models.TextField()
    full_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5)
    updates = models.BooleanField()
    promotions = models.BooleanField()
