"""What mailings are made of."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mailexpert.content.rules_motion import LONGEST
from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow


class Template(AccountRow):
    """A mail to begin with: its source, and the subject and first line that go with it."""

    class Kind(models.TextChoices):
        BLOCKS = "blocks", _("Blocks")
        MJML = "mjml", _("MJML")
        HTML = "html", _("HTML")
        TEXT = "text", _("Plain text")

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=6, choices=Kind)
    source = models.TextField(blank=True)
    subject = models.CharField(max_length=400, blank=True)
    preheader = models.CharField(max_length=400, blank=True)
    language = models.CharField(max_length=5, default="nl")
    folder = models.CharField(max_length=100, blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[AccountManager["Template"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [models.Index(fields=["account_id", "-updated_at", "-id"], name="content_template_recent")]

    def __str__(self) -> str:
        return self.name


class Revision(AccountRow):
    """How a template or a mailing stood before it was changed. Mailings lie above this room, so no key to them."""

    template: Any = AccountForeignKey(Template, models.CASCADE, null=True, related_name="revisions")
    mailing_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=6, choices=Template.Kind)
    source = models.TextField(blank=True)
    subject = models.CharField(max_length=400, blank=True)
    preheader = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField()

    objects: ClassVar[AccountManager["Revision"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read by content.revisions.of_mailing and of_template.
            models.Index(fields=["account_id", "mailing_id", "-saved_at"], name="content_revision_mailing"),
            models.Index(fields=["account_id", "template", "-saved_at"], name="content_revision_template"),
        ]


class Image(AccountRow):
    """A picture that mails show. Readers fetch it by its random name, without logging in."""

    token = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    alt = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=4)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    scanned = models.BooleanField()
    decorative = models.BooleanField(default=False, db_default=False)
    moves_for = models.PositiveIntegerField(default=0, db_default=0)  # milliseconds; rules_motion.FOREVER
    flashes = models.PositiveSmallIntegerField(default=0, db_default=0)  # in the worst second
    original: Any = AccountForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="cuts")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager["Image"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "token"], name="content_image_once"),
        ]
        indexes = [
            # Read by content.views_images.show, which knows no account.
            models.Index(fields=["token"], name="content_image_token"),
            # Read by content.queries_images.page_of_images.
            models.Index(fields=["account_id", "-id"], name="content_image_recent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def moves_too_long(self) -> bool:
        return self.moves_for > LONGEST

    @property
    def is_described(self) -> bool:
        return bool(self.alt) or self.decorative


class Brand(AccountRow):
    """How an account's mails look: one row an account. Colours as #rrggbb. `reason`: why readers get these mails, in
    the account's own words and language. `host`: where its pictures are fetched, once it was seen to lead here."""

    name = models.CharField(max_length=200, blank=True)
    logo: Any = AccountForeignKey(Image, models.SET_NULL, null=True, blank=True, related_name="+")
    logo_width = models.PositiveSmallIntegerField(default=160)
    accent = models.CharField(max_length=7, default="#0f5c5c")
    ground = models.CharField(max_length=7, default="#f3f4f1")
    font = models.CharField(max_length=20, default="arial")
    reason = models.CharField(max_length=300, blank=True)
    site = models.CharField(max_length=300, blank=True)
    host = models.CharField(max_length=253, blank=True, default="", db_default="")
    host_seen_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[AccountManager["Brand"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], name="content_brand_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.name


class LinkLook(AccountRow):
    """What a page answered that a mail links to, so that it isn't asked at every key."""

    url = models.TextField()
    url_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    final = models.TextField(blank=True)
    why = models.CharField(max_length=20, blank=True)
    looked_at = models.DateTimeField()

    objects: ClassVar[AccountManager["LinkLook"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "url_hash"], name="content_linklook_once"),
        ]
        indexes = [
            # Read by privacy.retention.
            models.Index(fields=["looked_at"], name="content_linklook_old"),
        ]
