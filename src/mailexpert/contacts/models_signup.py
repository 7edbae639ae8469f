"""Forms by which people sign up themselves, and the sign-ups that wait for their confirmation."""

import secrets
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailexpert.core.models import AccountForeignKey, AccountManager, AccountRow


def new_key() -> str:
    """What stands in the form's address: no number that one could count on from."""
    return secrets.token_urlsafe(16)


class SignupForm(AccountRow):
    """A form on our page, on the account's own site, or behind the API. `revision` counts the words that people saw;
    each is kept (SignupText), so that a consent can be shown with exactly what was read."""

    key = models.CharField(max_length=24, default=new_key)
    name = models.CharField(max_length=100)
    language = models.CharField(
        max_length=5, choices=[("nl", _("Dutch")), ("en", _("English"))], default="nl"
    )
    title = models.CharField(max_length=150)
    intro = models.TextField(blank=True)
    button = models.CharField(max_length=60, blank=True)
    thanks = models.TextField(blank=True)
    privacy_url = models.CharField(max_length=500)
    # Which text of that notice held, as the account names it: the address stays the same when the words change.
    privacy_version = models.CharField(max_length=60, blank=True, default="", db_default="")
    sent_url = models.CharField(max_length=500, blank=True, default="", db_default="")
    thanks_url = models.CharField(max_length=500, blank=True, default="", db_default="")
    accent = models.CharField(max_length=7, blank=True)
    # Who its mails are from, `Name <address>` on a verified domain; empty: as the account's last mailing.
    sender = models.CharField(max_length=300, blank=True, default="", db_default="")
    double_opt_in = models.BooleanField(default=True)
    list_ids: Any = ArrayField(models.BigIntegerField(), default=list)
    is_on = models.BooleanField(default=False)
    revision = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["SignupForm"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read for every visitor, over all accounts.
            models.Index(fields=["key"], name="contacts_signupform_key"),
        ]

    def __str__(self) -> str:
        return self.name


class SignupQuestion(AccountRow):
    """What a form asks beside the address, with why and how long it is kept. `about` is first_name, last_name or
    language; empty when it is a field of the account."""

    form: Any = AccountForeignKey(SignupForm, models.CASCADE, related_name="questions")
    about = models.CharField(max_length=12, blank=True)
    field: Any = AccountForeignKey(
        "contacts.Field", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    why = models.CharField(max_length=200)
    keep_months = models.SmallIntegerField(null=True, blank=True)  # empty: as long as the contact
    is_required = models.BooleanField(default=False)

    objects: ClassVar[AccountManager["SignupQuestion"]] = AccountManager()


class SignupText(AccountRow):
    """All words of one revision of a form, as people read them. The ledger names it by `hash`."""

    append_only = True

    form_id = models.BigIntegerField()
    revision = models.IntegerField()
    language = models.CharField(max_length=5)
    hash = models.CharField(max_length=64)
    body = models.TextField()
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[AccountManager["SignupText"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "form_id", "revision", "hash"], name="contacts_signuptext_once"
            )
        ]
        indexes = [
            # Read by the proof of one person.
            models.Index(fields=["account_id", "hash"], name="contacts_signuptext_hash"),
        ]


class Signup(AccountRow):
    """Somebody's wish, until they confirm it or two weeks have passed. Nothing of it stands in the contacts before."""

    class State(models.IntegerChoices):
        WAITING = 1  # for its mail to leave, or for a job
        HELD = 2  # this address had a mail within a day; this one may have its turn later
        MAILED = 3
        CONFIRMED = 4
        UNREACHABLE = 5  # the mail was refused for good
        TRYING = 6  # noted before the mail is handed over; where it stays, nobody knows whether it left

    form: Any = AccountForeignKey(SignupForm, models.CASCADE, related_name="signups")
    text: Any = AccountForeignKey(SignupText, models.DO_NOTHING, related_name="+", db_index=False)
    email = models.TextField()
    email_key = models.TextField()
    values = models.JSONField(default=dict)
    list_ids: Any = ArrayField(models.BigIntegerField(), default=list)
    state = models.SmallIntegerField(choices=State, default=State.WAITING)
    may_mail = models.BooleanField(default=True)
    via = models.CharField(max_length=10)  # page, embed, api
    origin = models.CharField(max_length=300, blank=True)
    network = models.CharField(max_length=50, blank=True)  # the IP address without its last part
    message_id = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager["Signup"]] = AccountManager()

    class Meta(AccountRow.Meta):
        indexes = [
            # Read when the same address comes again.
            models.Index(fields=["account_id", "form", "email_key"], name="contacts_signup_same"),
            # Read by the jobs that look for what was left behind, over all accounts.
            models.Index(
                fields=["state", "at"], condition=models.Q(state__in=[1, 2]), name="contacts_signup_waiting"
            ),
        ]


class SignupCount(AccountRow):
    """How often a form was shown, sent and confirmed, by the day. Of nobody in particular."""

    form: Any = AccountForeignKey(SignupForm, models.CASCADE, related_name="counts", db_index=False)
    day = models.DateField()
    shown = models.IntegerField(default=0, db_default=0)
    started = models.IntegerField(default=0, db_default=0)
    confirmed = models.IntegerField(default=0, db_default=0)

    objects: ClassVar[AccountManager["SignupCount"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "form", "day"], name="contacts_signupcount_once")
        ]


class SignupTerm(AccountRow):
    """Until when an answer is kept, as the form said; then the contact's column is emptied."""

    contact: Any = AccountForeignKey("contacts.Contact", models.CASCADE, related_name="+", db_index=False)
    slot = models.CharField(max_length=12)
    until = models.DateField()

    objects: ClassVar[AccountManager["SignupTerm"]] = AccountManager()

    class Meta(AccountRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account_id", "contact", "slot"], name="contacts_signupterm_once")
        ]
        indexes = [
            # Read by the nightly job, over all accounts.
            models.Index(fields=["until"], name="contacts_signupterm_until"),
        ]


class SignupGuard(models.Model):
    """When an address, as a keyed hash, last got a confirmation mail from whichever account, and how often it was
    signed up since. It belongs to no account; the application's role can't reach it."""

    app_may: ClassVar[str] = ""

    person = models.BinaryField(max_length=20, primary_key=True)
    mailed_at = models.DateTimeField()
    tries = models.IntegerField(default=0)

    class Meta:
        indexes = [
            # Read by the retention.
            models.Index(fields=["mailed_at"], name="contacts_signupguard_age"),
        ]


class SignupPace(models.Model):
    """How many sign-ups came from one network, or to one form, within a stretch of time."""

    app_may: ClassVar[str] = ""

    source = models.BinaryField(max_length=20, primary_key=True)
    since = models.DateTimeField()
    tries = models.IntegerField(default=0)

    class Meta:
        indexes = [
            # Read by the retention.
            models.Index(fields=["since"], name="contacts_signuppace_age"),
        ]
