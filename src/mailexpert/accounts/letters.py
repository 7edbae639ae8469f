"""The words of the mails about logging in. Each is a few sentences and at most one button."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from mailexpert.accounts.models import Notice
from mailexpert.base import clock


@dataclass(frozen=True, kw_only=True)
class Letter:
    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""
    url: str = ""
    after: str = ""
    name: str = ""


Context = dict[str, Any]


def confirm_registration(context: Context) -> Letter:
    return Letter(
        subject=_("Confirm your e-mail address"),
        paragraphs=(
            _("Welcome to MailExpert. One more step: confirm that this address is yours."),
            _("The link works for three days."),
        ),
        button=_("Confirm my address"),
        url=context["activate_url"],
        after=_("Wasn’t it you? Then you can leave this mail; nothing happens."),
    )


def confirm_address(context: Context) -> Letter:
    return Letter(
        subject=_("Confirm your new e-mail address"),
        paragraphs=(
            _("You want to use this address for MailExpert from now on. Confirm that it is yours."),
            _("The link works for three days. Until then your present address stays."),
        ),
        button=_("Confirm my address"),
        url=context["activate_url"],
        after=_("Wasn’t it you? Then you can leave this mail; nothing happens."),
    )


def already_registered(context: Context) -> Letter:
    return Letter(
        subject=_("You already have a MailExpert login"),
        paragraphs=(
            _("Someone, probably you, wanted to register with this address. It has a login already."),
            _("Log in with your password, or choose a new one if you have lost it."),
        ),
        button=_("Choose a new password"),
        url=context["password_reset_url"],
        after=_("Wasn’t it you? Then you can leave this mail; nothing happens."),
    )


def reset_password(context: Context) -> Letter:
    return Letter(
        subject=_("Choose a new password"),
        paragraphs=(_("You asked for a new password for MailExpert. The link works once, for one hour."),),
        button=_("Choose a new password"),
        url=context["password_reset_url"],
        after=_("Wasn’t it you? Then you can leave this mail; your password stays as it is."),
    )


def password_changed(_context: Context) -> Letter:
    return Letter(
        subject=_("Your password has been changed"),
        paragraphs=(
            _("The password of your MailExpert login was changed just now."),
            _("Every remembered device and every other session has been logged out."),
        ),
        after=_("Wasn’t it you? Choose a new password at once with “Forgotten?” on the login page."),
    )


def email_changed(context: Context) -> Letter:
    return Letter(
        subject=_("Your e-mail address has been changed"),
        paragraphs=(
            _("You log in to MailExpert with %(to)s from now on, no longer with this address.")
            % {"to": context["to_email"]},
        ),
        after=_("Wasn’t it you? Answer this mail, so that we can look into it."),
    )


def invitation(context: Context) -> Letter:
    return Letter(
        subject=_("%(name)s invites you to %(account)s") % context,
        paragraphs=(
            _("You can work together in the account %(account)s on MailExpert.") % context,
            _("The link works for seven days."),
        ),
        button=_("Accept the invitation"),
        url=context["url"],
        after=_("Don’t you know the sender? Then you can leave this mail; nothing happens."),
    )


def erased(context: Context) -> Letter:
    receipt = context["receipt"]
    rows = ", ".join(f"{table} {n}" for table, n in sorted(receipt.counts.items()))
    return Letter(
        subject=_("The account %(name)s has been erased") % {"name": context["name"]},
        paragraphs=(
            _("Everything of this account is gone. Backups that still hold it end within 30 days and are never used "
              "to bring it back."),
            _("Receipt %(code)s. Rows erased: %(rows)s.") % {"code": receipt.code, "rows": rows},
            _("Signature: %(signature)s") % {"signature": receipt.signature},
        ),
        after=_("Keep this mail if you may have to show it."),
    )  # fmt: skip


def leaving(context: Context) -> Letter:
    return Letter(
        subject=_("The account %(name)s ends") % {"name": context["name"]},
        paragraphs=(
            _("Nothing is sent any more. Until %(until)s you can look at everything and change your mind.")
            % context,
            _(
                "You can take everything along until %(end)s. After that the account is erased and you get a receipt."
            )
            % context,
            _("Unsubscribe links in mails that were sent before keep working."),
        ),
        button=_("To the account"),
        url=context["url"],
    )


def sender_domain_broken(context: Context) -> Letter:
    return Letter(
        subject=_("The records of %(domain)s are broken") % context,
        paragraphs=(
            _(
                "We looked at the DNS of %(domain)s, and the records that show that it is yours are not right any more."
            )
            % context,
            _(
                "Mailings from this domain wait. They go on by themselves once the records are mended; "
                "the page says which one it is and what to do."
            ),
        ),
        button=_("See what to do"),
        url=context["url"],
    )


def word(context: Context) -> Letter:
    return Letter(
        subject=context["said"].title,
        paragraphs=(context["said"].text, _("This is about the account %(account)s.") % context),
        button=_("Look at it"),
        url=context["url"],
        after=_("You choose which of these mails you get under Settings & Options, Word about the account."),
    )


LETTERS: dict[str, Callable[[Context], Letter]] = {
    "account/email/email_confirmation_signup": confirm_registration,
    "account/email/email_confirmation": confirm_address,
    "account/email/account_already_exists": already_registered,
    "account/email/password_reset_key": reset_password,
    "account/email/password_reset": password_changed,
    "account/email/password_changed": password_changed,
    "account/email/password_set": password_changed,
    "account/email/email_changed": email_changed,
    "accounts/invitation": invitation,
    "accounts/sender_domain_broken": sender_domain_broken,
    "accounts/erased": erased,
    "accounts/word": word,
    "accounts/leaving": leaving,
}


def write(kind: str, recipient: str, context: Context) -> Notice:
    """Write a mail in the language that is active and put it ready for the worker."""
    from mailexpert.accounts.jobs import send_notice
    from mailexpert.core.jobs import defer

    name = str(getattr(context.get("user"), "full_name", "") or "")
    letter = replace(LETTERS[kind](context), name=name)
    notice = Notice.objects.create(
        recipient=recipient,
        subject=" ".join(letter.subject.split())[:200],
        text=render_to_string("accounts/mail/letter.txt", {"letter": letter}),
        html=render_to_string("accounts/mail/letter.html", {"letter": letter}),
        created_at=clock.now(),
    )
    defer(send_notice, notice_id=notice.pk)
    return notice
