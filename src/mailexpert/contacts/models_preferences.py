"""What people chose for themselves in the preference centre."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow


class Preference(AccountRow):
    """Until when a person wants no mailings, or how many at most. Who chose nothing has no row. `asked_at`: asked
    whether they still want mail, after a long silence; `kept_at`: they said yes."""

    contact: Any = AccountForeignKey(
        "contacts.Contact", models.CASCADE, related_name="preferences", db_index=False
    )
    paused_until = models.DateField(null=True, blank=True)
    every_days = models.SmallIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["Preference"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            # Read by delivery/outbox.sql for every window of a mailing.
            models.UniqueConstraint(fields=["account_id", "contact"], name="contacts_preference_once")
        ]


class NewAddress(AccountRow):
    """An address that a person wants to be mailed at, until a mail to it was answered by a button. The last one
    asked for counts."""

    contact: Any = AccountForeignKey(
        "contacts.Contact", models.CASCADE, related_name="new_addresses", db_index=False
    )
    email = models.TextField()
    asked_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["NewAddress"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "contact"], name="contacts_newaddress_once")
        ]


class Letter(AccountRow):
    """A single mail to a person, until a relay took it: a confirmation, an answer to a request. `tried_at`: noted
    before it is handed over; where that stays, nobody knows whether it left."""

    recipient = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    tried_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Letter"]] = AccountManager()


class Silence(AccountRow):
    """What an account keeps shorter than it could. `months`: without a sign of interest, until a contact is asked
    whether they still want mail; `signup_days`: how long a sign-up that nobody confirmed is kept. No row: the most."""

    MOST = 24
    MOST_DAYS = 14

    months = models.PositiveSmallIntegerField(default=MOST)
    signup_days = models.PositiveSmallIntegerField(default=MOST_DAYS, db_default=MOST_DAYS)

    objects: ClassVar[AccountManager["Silence"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [models.UniqueConstraint(fields=["account_id"], name="contacts_silence_once")]
