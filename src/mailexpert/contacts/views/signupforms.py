"""Forms, for the account: making them, putting them on a site, and seeing how often they are used."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required
from mailexpert.accounts.models import Account
from mailexpert.base import env
from mailexpert.contacts import (
    actions_signup,
    actions_signupform,
    embed,
    forms_signup,
    queries,
    queries_signup,
    words_signup,
)
from mailexpert.contacts.forms_signup import FormForm, VisitorForm
from mailexpert.contacts.models import List
from mailexpert.contacts.models_signup import Signup, SignupForm, SignupQuestion
from mailexpert.contacts.rules_signup import TRAP

DAYS_SHOWN = timedelta(days=30)
MOST_IN_DOUBT = 100


@require_safe
@never_cache
@member_required
def index(request: HttpRequest) -> HttpResponse:
    since = timezone.now().date() - DAYS_SHOWN
    counts = queries_signup.counts(since)
    rows = [(one, counts.get(one.id, queries_signup.Counts())) for one in queries_signup.forms()]
    context = {"rows": rows, "has_lists": List.objects.filter(archived_at=None).exists()}
    return render(request, "contacts/forms/index.html", context)


@require_safe
@never_cache
@member_required
def show(request: HttpRequest, form_id: int) -> HttpResponse:
    """One form: where it is, the code for a site, and its counts."""
    found = get_object_or_404(SignupForm, id=form_id)
    since = timezone.now().date() - DAYS_SHOWN
    days = queries_signup.counts_by_day(found, since)
    context = {
        "form": found,
        "lists": queries_signup.lists_of(found),
        "url": queries_signup.address_of(found),
        "code": embed.code_of(found),
        "days": days,
        "doubtful": actions_signup.in_doubt().filter(form=found).order_by("id")[:MOST_IN_DOUBT],
        "sum": queries_signup.counts(since).get(found.id, queries_signup.Counts()),
        "script_url": env.load().base_url + static("contacts/signup.js"),
    }
    return render(request, "contacts/forms/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def edit(request: HttpRequest, form_id: int | None = None) -> HttpResponse:
    found = get_object_or_404(SignupForm, id=form_id) if form_id is not None else None
    filled = _form(request, found)
    if filled.is_bound and filled.is_valid():
        kept = actions_signupform.keep(found, filled.cleaned_data, filled.asked_for())
        if found is not None:
            messages.success(
                request, _("Saved. Code on another site stays as it was until you copy it there again.")
            )
        return redirect("forms:show", kept.id)
    context = {"filled": filled, "form": found, **_preview(filled, found)}
    return render(request, "contacts/forms/edit.html", context)


def _form(request: HttpRequest, found: SignupForm | None) -> FormForm:
    options: dict[str, Any] = {
        "lists": [one for one in queries.lists() if one.archived_at is None],
        "fields": queries.fields(),
    }
    if request.method == "POST":
        return FormForm(request.POST, **options)
    start = {"language": Account.objects.get().language, "double_opt_in": True}
    filled = FormForm(initial=forms_signup.initial(found) if found else start, **options)
    for kept in queries_signup.questions_of(found) if found else ():
        for question in filled.questions:
            if question.about == kept.about and question.field == kept.field:
                question.fill(kept)
    return filled


@require_POST
@never_cache
@member_required
def preview(request: HttpRequest) -> HttpResponse:
    """What the visitor would get, while it is written."""
    filled = _form(request, None)
    filled.is_valid()
    return render(request, "contacts/forms/preview.html", _preview(filled, None))


def _preview(filled: FormForm, found: SignupForm | None) -> dict[str, Any]:
    """Of a form that may not be right yet: what is wrong is left out."""
    values = getattr(filled, "cleaned_data", None) if filled.is_bound else filled.initial
    values = values or {}
    shown = SignupForm(
        key="-",
        account_id=Account.objects.get().id,
        language=values.get("language") or "nl",
        title=values.get("title") or "…",
        intro=values.get("intro") or "",
        button=values.get("button") or "",
        privacy_url=values.get("privacy_url") or "",
        privacy_version=values.get("privacy_version") or "",
        accent=values.get("accent") or "",
        double_opt_in=bool(values.get("double_opt_in")),
        list_ids=values.get("lists") or [],
    )
    if filled.is_bound:
        questions = [
            SignupQuestion(
                about=one["about"],
                field=one["field"],
                why=one["why"] or "…",
                keep_months=one["keep"],
                is_required=one["is_required"],
            )
            for one in _rough(filled)
        ]
    else:
        questions = queries_signup.questions_of(found) if found else []
    lists = queries_signup.lists_of(shown)
    with override(shown.language):
        words = words_signup.of_form(shown, Account.objects.get(), lists, questions)
        visitor = VisitorForm(None, lists=lists, questions=questions, auto_id="preview-%s")
        # Drawn here, in the language of the form, because the page around it may have another one.
        drawn = render_to_string(
            "contacts/forms/drawn.html",
            {"words": words, "filled": visitor, "form": shown, "sender": Account.objects.get(), "trap": TRAP},
        )
    return {"drawn": drawn, "shown": shown}


def _rough(filled: FormForm) -> list[dict[str, Any]]:
    found = []
    for one in filled.questions:
        values = getattr(one, "cleaned_data", {})
        if values.get("ask"):
            found.append(
                {
                    "about": one.about,
                    "field": one.field,
                    "why": values.get("why", ""),
                    "keep": values.get("keep"),
                    "is_required": bool(values.get("is_required")),
                }
            )
    return found


@require_safe
@never_cache
@member_required
def look(request: HttpRequest) -> HttpResponse:
    """The colours of a form that isn't saved yet, for its preview."""
    found = queries_signup.look_of(request.GET.get("accent", ""))
    return render(request, "contacts/signup/look.css", {"look": found}, content_type="text/css")


@require_POST
@member_required
def switch(request: HttpRequest, form_id: int) -> HttpResponse:
    """On or off."""
    found = get_object_or_404(SignupForm, id=form_id)
    if request.POST.get("to") != "on":
        actions_signupform.close_form(found)
        messages.success(request, _("The form is off. Who has a mail already can still confirm."))
        return redirect("forms:show", found.id)
    try:
        actions_signupform.open_form(found)
    except actions_signupform.NoAddress:
        messages.error(
            request,
            _(
                "The form stays off: a visitor must see who you are. Fill in your postal address under Settings & "
                "Options, Organisation."
            ),
        )
    except actions_signupform.NoList:
        messages.error(
            request, _("The form stays off: its lists were put away. Choose a list that is in use.")
        )
    else:
        messages.success(request, _("The form is on."))
    return redirect("forms:show", found.id)


@require_POST
@member_required
def send_again(request: HttpRequest, form_id: int, signup_id: int) -> HttpResponse:
    """A confirmation mail of which nobody knows whether it left."""
    found = get_object_or_404(SignupForm, id=form_id)
    get_object_or_404(Signup, id=signup_id, form=found)
    if actions_signup.send_again(signup_id):
        messages.success(request, _("The mail is on its way again."))
    else:
        messages.error(request, _("This mail isn’t in doubt any more."))
    return redirect("forms:show", found.id)


@require_POST
@member_required
def delete(request: HttpRequest, form_id: int) -> HttpResponse:
    found = get_object_or_404(SignupForm, id=form_id)
    actions_signupform.delete_form(found)
    messages.success(
        request,
        _("The form %(name)s is gone. Who signed up with it stays, with the proof.") % {"name": found.name},
    )
    return redirect("forms:index")
