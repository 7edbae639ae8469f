"""Contacts, their fields and lists, and the imports that brought them in."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow, Walled
from mailexpert.core.scope import current_account
from mailexpert.privacy.models import Ground, Purpose

__all__ = [
    "SLOTS",
    "Bulk",
    "Change",
    "Contact",
    "ContactColumns",
    "Event",
    "Export",
    "Field",
    "FoundContact",
    "Import",
    "Letter",
    "List",
    "Membership",
    "NewAddress",
    "Preference",
    "Refusal",
    "Segment",
    "Signup",
    "SignupCount",
    "SignupForm",
    "SignupGuard",
    "SignupPace",
    "SignupQuestion",
    "SignupTerm",
    "SignupText",
    "Silence",
    "Tag",
    "Tagging",
    "no_columns",
    "slot_names",
]  # fmt: skip

SLOTS = {"text": ("t", 20), "number": ("n", 10), "date": ("d", 10), "boolean": ("b", 10)}
SLOT_COLUMNS: dict[str, "type[models.Field[Any, Any]]"] = {
    "t": models.TextField,
    "n": models.FloatField,
    "d": models.DateField,
    "b": models.BooleanField,
}


def slot_names(kind: str) -> list[str]:
    letter, count = SLOTS["text" if kind in ("choice", "choices") else kind]
    return [f"{letter}{n}" for n in range(1, count + 1)]


class Field(AccountRow):
    """A custom field of an account: which slot column of its contacts holds it."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        BOOLEAN = "boolean", _("Yes or no")
        CHOICE = "choice", _("One of a few")
        CHOICES = "choices", _("Several of a few")

    name = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    slot = models.CharField(max_length=3)
    options = ArrayField(models.CharField(max_length=80), default=list, blank=True)

    objects: ClassVar[AccountManager["Field"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "name"], name="contacts_field_name_once"),
            models.UniqueConstraint(fields=["account_id", "slot"], name="contacts_field_slot_once"),
        ]

    def __str__(self) -> str:
        return self.label


# The words of the name, each behind the account's number: `12/anna`. So one index over all accounts can be
# read for one of them, by prefix. A lexeme holds at most 2,046 bytes: 400 letters are searched.
WORDS = """array_to_tsvector(string_to_array(account_id::text || '/' || replace(
lower(left(first_name || ' ' || last_name, 400)), ' ', ' ' || account_id::text || '/'), ' '))"""


class ContactColumns(models.Model):
    """What both the table and the view through which it is searched have."""

    class Status(models.IntegerChoices):
        ACTIVE = 1, _("Active")
        FROZEN = 2, _("Frozen")

    email = models.TextField()
    email_key = models.GeneratedField(
        expression=Lower("email"), output_field=models.TextField(), db_persist=True
    )
    first_name = models.TextField(blank=True, default="", db_default="")
    last_name = models.TextField(blank=True, default="", db_default="")
    words = models.GeneratedField(
        expression=RawSQL(WORDS, []),  # noqa: S611  (a constant)
        output_field=SearchVectorField(),
        db_persist=True,
    )
    language = models.TextField(blank=True, default="", db_default="")
    time_zone = models.TextField(blank=True, default="", db_default="")
    status = models.SmallIntegerField(choices=Status, default=Status.ACTIVE, db_default=1)
    overflow = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    last_open = models.DateField(null=True, blank=True)
    last_click = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.email

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


for _kind in SLOTS:
    for _slot in slot_names(_kind):
        ContactColumns.add_to_class(_slot, SLOT_COLUMNS[_slot[0]](null=True, blank=True))  # type: ignore[attr-defined]


class Contact(AccountRow, ContactColumns):
    """A person this account may mail, once it stands on a list with a ground."""

    hot = True

    objects: ClassVar[AccountManager["Contact"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            # The pattern class serves equality, "once per account" and the search by prefix in any locale.
            models.UniqueConstraint(
                fields=["account_id", "email_key"],
                opclasses=["int8_ops", "text_pattern_ops"],
                name="contacts_contact_once",
            )
        ]
        indexes = [
            # Read by the search for names (rules/search.py).
            GinIndex(fields=["words"], name="contacts_contact_words"),
        ]


class WallManager(AccountManager["FoundContact"]):
    """The view itself is the wall. A second condition on the account would join it to the policies of other tables
    in the query, and so take the indexes for prefixes away (rules/sql.py)."""

    def get_queryset(self) -> models.QuerySet["FoundContact"]:
        current_account()
        return models.QuerySet(self.model, using=self._db)


class FoundContact(ContactColumns):
    """A contact read through the owner's view `contacts_wall`, where a search by prefix keeps its index."""

    wall_column = "account_id"

    id = models.BigIntegerField(primary_key=True)
    account_id = models.BigIntegerField()

    objects: ClassVar[WallManager] = WallManager()

    class Meta:
        managed = False
        db_table = "contacts_wall"


class List(AccountRow):
    """A group of contacts that is mailed for one purpose."""

    name = models.CharField(max_length=100)
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.NEWSLETTER)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["List"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(
                "account_id",
                Lower("name"),
                condition=models.Q(archived_at__isnull=True),
                name="contacts_list_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Walled):
    """A contact on a list. It may be mailed while `ended_at` is empty and the ground is known.

    An import writes a million of these at once: a key per row would take as long as all the rest together, so
    who erases a contact or a list deletes its memberships (actions.erase_contact)."""

    class EndedBy(models.IntegerChoices):
        ONE_CLICK = 1, _("One-click in the mail program")
        PAGE = 2, _("Unsubscribe page")
        MAILTO = 3, _("By mail")
        HAND = 4, _("By hand")
        IMPORT = 5, _("Import")
        COMPLAINT = 6, _("Complaint")

    hot = True

    pk = models.CompositePrimaryKey("account_id", "list_id", "contact_id")
    list: Any = AccountForeignKey(
        List, models.DO_NOTHING, checked=False, related_name="memberships", db_index=False
    )
    contact: Any = AccountForeignKey(
        Contact, models.DO_NOTHING, checked=False, related_name="memberships", db_index=False
    )
    ground = models.CharField(max_length=20, choices=Ground, default=Ground.UNKNOWN)
    since = models.DateTimeField(db_default=Now())
    source = models.CharField(max_length=20, blank=True, default="", db_default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.SmallIntegerField(choices=EndedBy, null=True, blank=True)

    objects: ClassVar[AccountManager["Membership"]] = AccountManager()

    class Meta(Walled.Meta):
        constraints = [
            # "Legitimate interest" is no ground for mail; nothing but these can be written by any path.
            models.CheckConstraint(
                condition=models.Q(ground__in=Ground.values), name="contacts_membership_ground_known"
            )
        ]
        indexes = [
            # Read by the contact's page, by the engine's windows and by the erasure of a contact.
            models.Index(fields=["account_id", "contact"], name="contacts_membership_contact"),
            # Read by the filters of rules/search.py; no row of an import with a ground is in these.
            models.Index(
                fields=["account_id", "contact"],
                condition=models.Q(ended_at__isnull=False),
                name="contacts_membership_ended",
            ),
            models.Index(
                fields=["account_id", "contact"],
                condition=models.Q(ended_at__isnull=True, ground=Ground.UNKNOWN),
                name="contacts_membership_unknown",
            ),
        ]


class Tag(AccountRow):
    """A label that an account gives to contacts, by hand or to many at once."""

    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Tag"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint("account_id", Lower("name"), name="contacts_tag_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Tagging(Walled):
    """A label on a contact. A table and no array in the contact: labelling a million people then writes a million
    small rows instead of a million contacts with all their indexes."""

    hot = True

    pk = models.CompositePrimaryKey("account_id", "tag_id", "contact_id")
    tag: Any = AccountForeignKey(
        Tag, models.DO_NOTHING, checked=False, related_name="taggings", db_index=False
    )
    contact: Any = AccountForeignKey(
        Contact, models.DO_NOTHING, checked=False, related_name="taggings", db_index=False
    )

    objects: ClassVar[AccountManager["Tagging"]] = AccountManager()

    class Meta(Walled.Meta):
        indexes = [
            # Read by the contact's page and by the erasure of a contact.
            models.Index(fields=["account_id", "contact"], name="contacts_tagging_contact"),
        ]


class Event(AccountRow):
    """Something that happened to a contact and stands in no other table: a change by hand, another address, a merge."""

    class Kind(models.TextChoices):
        CHANGED = "changed", _("Details changed")
        ADDRESS = "address", _("Other address")
        MERGED = "merged", _("Merged")

    contact: Any = AccountForeignKey(Contact, models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    # Names of fields for a change; the former address otherwise.
    detail = models.TextField(blank=True)
    # Of a merge the number of the contact that is gone.
    former_id = models.BigIntegerField(null=True, blank=True)
    by_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Event"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read by the contact's page and by the erasure of a contact.
            models.Index(fields=["account_id", "contact"], name="contacts_event_of_contact"),
            # Read by who comes by a number that a merge took away, and by the intake for each stop.
            models.Index(
                fields=["account_id", "former_id"],
                condition=models.Q(former_id__isnull=False),
                name="contacts_event_former",
            ),
        ]


class Segment(AccountRow):
    """Rules that say who is in (rules/tree.py). Nothing about persons is stored: they are looked up each time."""

    name = models.CharField(max_length=100)
    rules = models.JSONField()
    by_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Segment"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint("account_id", Lower("name"), name="contacts_segment_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


def no_columns() -> list[str]:
    return []


class Import(AccountRow):
    """A file of contacts on its way in. A draft waits for its mapping; the others have been started."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        QUEUED = "queued", _("in the queue")
        RUNNING = "running", _("under way")
        DONE = "done", _("imported")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Existing(models.TextChoices):
        UPDATE = "update", _("Take over what the file says")
        FILL = "fill", _("Fill in only what is empty")
        KEEP = "keep", _("Leave their details as they are")

    list: Any = AccountForeignKey(List, models.SET_NULL, null=True, blank=True, related_name="+")
    by_id = models.BigIntegerField(null=True, blank=True)
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField(default=0)
    scanned = models.BooleanField(default=False)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    has_header = models.BooleanField(default=True)
    mapping = models.JSONField(default=no_columns)
    ground = models.CharField(max_length=20, choices=Ground, default=Ground.UNKNOWN)
    evidence = models.TextField(blank=True)
    file_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    is_declared = models.BooleanField(default=False, db_default=False)
    # What happens to people who are there already: take what the file says, fill gaps alone, or leave them.
    existing = models.CharField(max_length=10, choices=Existing, default=Existing.UPDATE)
    is_trial = models.BooleanField(default=False, db_default=False)
    trial = models.JSONField(null=True, blank=True)
    landed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    reason = models.CharField(max_length=40, blank=True)
    technical = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False, db_default=False)
    bytes_read = models.BigIntegerField(default=0)
    rows_read = models.BigIntegerField(default=0)
    added = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    signed_up = models.IntegerField(default=0)
    stayed_off = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Import"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read by the hourly cleaning of files that nobody needs any more.
            models.Index(fields=["created_at"], name="contacts_import_age"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}


class Change(Walled):
    """What an import changed in a contact that was there, as it was before; kept while the import can be undone."""

    hot = True

    pk = models.CompositePrimaryKey("account_id", "import_id", "contact_id")
    import_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    before = models.JSONField()

    objects: ClassVar[AccountManager["Change"]] = AccountManager()


class Export(AccountRow):
    """A file of contacts on its way out. Its link works for a day."""

    class State(models.TextChoices):
        QUEUED = "queued", _("in the queue")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")

    wanted = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    rows = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    by_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Export"]] = AccountManager()


class Refusal(AccountRow):
    """A row of an import that was not taken, and why. Kept 30 days."""

    hot = True

    batch: Any = AccountForeignKey(
        Import, models.CASCADE, related_name="refusals", db_index=False, db_column="import_id"
    )
    line = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    values = ArrayField(models.TextField())

    objects: ClassVar[AccountManager["Refusal"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [models.Index(fields=["account_id", "batch", "line"], name="contacts_refusal_of_import")]


# They refer to the contact and to labels by name, so those come first.
from mailexpert.contacts.models_bulk import Bulk  # noqa: E402
from mailexpert.contacts.models_preferences import Letter, NewAddress, Preference, Silence  # noqa: E402
from mailexpert.contacts.models_signup import (  # noqa: E402
    Signup,
    SignupCount,
    SignupForm,
    SignupGuard,
    SignupPace,
    SignupQuestion,
    SignupTerm,
    SignupText,
)
