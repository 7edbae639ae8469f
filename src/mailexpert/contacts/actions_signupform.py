"""Making, changing and opening a sign-up form. Every change of its words is a revision that is kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from mailexpert.accounts.models import Account
from mailexpert.contacts import queries_signup, words_signup
from mailexpert.contacts.models import Field
from mailexpert.contacts.models_signup import SignupForm, SignupQuestion, SignupText

COLUMNS = (
    "name", "language", "title", "intro", "button", "thanks", "privacy_url", "privacy_version", "sender", "sent_url",
    "thanks_url", "accent", "double_opt_in",
)  # fmt: skip


class NoAddress(Exception):
    """The account has no postal address, and a form must say who asks."""


class NoList(Exception):
    """None of its lists is there any more."""


@transaction.atomic
def keep(
    form: SignupForm | None, values: Mapping[str, Any], asked: Iterable[Mapping[str, Any]]
) -> SignupForm:
    """Make or change one. `values` are COLUMNS and `lists`; of a question about, field, why, keep, is_required."""
    columns = {name: values[name] for name in COLUMNS if name in values}
    columns |= {"list_ids": list(values["lists"]), "updated_at": timezone.now()}
    if form is None:
        form = SignupForm.objects.create(**columns)
    else:
        form = SignupForm.objects.select_for_update().get(id=form.id)
        for name, value in columns.items():
            setattr(form, name, value)
        form.save(update_fields=list(columns))
        form.questions.all().delete()
    for one in asked:
        field: Field | None = one.get("field")
        SignupQuestion.objects.create(
            form=form,
            about=one.get("about", ""),
            field=field,
            why=one["why"],
            keep_months=one.get("keep"),
            is_required=bool(one.get("is_required")),
        )
    note_words(form)
    return form


def note_words(form: SignupForm) -> None:
    """Keep the words as they are read from now on; the same words are no new revision. They change with what they
    name too: a list, a field, the account's name or address. So whoever shows them notes them first."""
    body = queries_signup.words_of(form).body
    mark = words_signup.fingerprint(body)
    if _is_noted(form, mark):
        return
    with transaction.atomic():
        form.revision = SignupForm.objects.select_for_update().get(id=form.id).revision
        if _is_noted(form, mark):
            return  # another visitor was faster
        form.revision += 1
        form.save(update_fields=["revision"])
        SignupText.objects.create(
            form_id=form.id, revision=form.revision, language=form.language, hash=mark, body=body
        )


def _is_noted(form: SignupForm, mark: str) -> bool:
    return SignupText.objects.filter(form_id=form.id, revision=form.revision, hash=mark).exists()


@transaction.atomic
def open_form(form: SignupForm) -> None:
    """Raises NoAddress, NoList: a form says who asks and for what, or it isn't shown (articles 5 and 13 GDPR)."""
    if not Account.objects.get().postal_address.strip():
        raise NoAddress(NoAddress.__doc__)
    if not queries_signup.lists_of(form):
        raise NoList(NoList.__doc__)
    note_words(form)
    form.is_on = True
    form.save(update_fields=["is_on"])


def close_form(form: SignupForm) -> None:
    """Who has a confirmation mail already can still press its button."""
    form.is_on = False
    form.save(update_fields=["is_on"])


def delete_form(form: SignupForm) -> None:
    """With the sign-ups that nobody confirmed. The words and the proof of who did stay."""
    form.delete()
