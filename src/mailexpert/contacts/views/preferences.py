"""The preference centre: what a person sets, sees and asks for by the signed link that each mail carries. No login, no
cookie, no script. Looking changes nothing, because mail scanners follow every link."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.models import Account
from mailexpert.base import clock
from mailexpert.contacts import (
    actions,
    actions_preferences,
    actions_rights,
    actions_stop,
    letters,
    person,
    queries_history,
    tokens,
)
from mailexpert.contacts.forms_preferences import NewAddressForm, PreferencesForm
from mailexpert.contacts.forms_rights import OwnRequestForm
from mailexpert.contacts.letters import Words
from mailexpert.contacts.models import Contact, Membership, NewAddress
from mailexpert.contacts.tokens import Pass
from mailexpert.core.scope import account
from mailexpert.mail.address import mask

View = Callable[..., HttpResponse]
DONE = ("saved", "address", "kept", "fresh", "asked")


def by_link(view: View) -> View:
    """The link is the authority: inside its account, in the language of its person. Who was erased gets an answer."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        told = tokens.read(token, clock.now())
        if told is None:
            return render(request, "contacts/stop_unknown.html", status=404)
        with account(told.account_id):
            if not Account.objects.exists():
                return render(request, "contacts/stop_unknown.html", status=404)
            contact = queries_history.reached(told.contact_id)
            with override(_language(told, contact)):
                if contact is None:
                    return _nobody(request, told)
                return view(request, told, contact, **more)

    return guarded


def fresh_only(view: View) -> View:
    """An old mail may have gone through many hands: it stops, and no more."""

    @wraps(view)
    def guarded(request: HttpRequest, told: Pass, contact: Contact, **more: Any) -> HttpResponse:
        if not told.is_fresh:
            return _to_page(told)
        return view(request, told, contact, **more)

    return guarded


def _language(told: Pass, contact: Contact | None) -> str:
    known = contact.language if contact else ""
    return known if known in ("nl", "en") else told.issue.language if told.issue else "nl"


def _nobody(request: HttpRequest, told: Pass) -> HttpResponse:
    is_test = told.issue is not None and told.contact_id == 0
    context = {"sender": Account.objects.get().name, "is_test": is_test}
    return render(request, "contacts/preferences_nobody.html", context)


def _to_page(told: Pass, done: str = "") -> HttpResponse:
    """Reloading the page asks nothing again."""
    url = reverse("contacts:preferences", args=[told.token])
    return HttpResponseRedirect(f"{url}?done={done}" if done else url, status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def preferences(request: HttpRequest, told: Pass, contact: Contact) -> HttpResponse:
    if not told.is_fresh:
        return render(request, "contacts/preferences_old.html", _frame(contact, told))
    form = _form(request, contact)
    if form.is_valid():
        shown = {one.list.id for one in actions_preferences.lists_of(contact)}
        actions_preferences.save(
            contact,
            form.choice(),
            shown=shown,
            issue_id=told.issue.id if told.issue else None,
            now=clock.now(),
        )
        return _to_page(told, "saved")
    return _page(request, told, contact, form=form)


def _form(request: HttpRequest, contact: Contact) -> PreferencesForm:
    lists = actions_preferences.lists_of(contact)
    chosen = actions_preferences.preference_of(contact)
    today = clock.now().date()
    is_paused = chosen.paused_until is not None and chosen.paused_until > today
    initial = {
        "lists": [str(one.list.id) for one in lists if one.is_standing],
        "pause": "day" if is_paused else "no",
        "until": chosen.paused_until if is_paused else None,
        "often": str(chosen.every_days or ""),
        "language": _language_of(contact),
        "measured": actions_preferences.is_measured(contact),
    }
    sentence = actions_preferences.measurement_words(Account.objects.get().name)
    return PreferencesForm(
        request.POST if request.method == "POST" else None,
        lists=lists,
        sentence=sentence,
        today=today,
        initial=initial,
    )


def _language_of(contact: Contact) -> str:
    return contact.language if contact.language in ("nl", "en") else (get_language() or "nl")


def _frame(contact: Contact, told: Pass) -> dict[str, Any]:
    """What every page behind the link has."""
    return {
        "token": told.token,
        "sender": Account.objects.get().name,
        "address": mask(contact.email),
        "title": _("Your preferences"),
        "is_suppressed": actions_stop.is_suppressed(contact),
    }


def _page(
    request: HttpRequest,
    told: Pass,
    contact: Contact,
    *,
    form: PreferencesForm | None = None,
    new_address: NewAddressForm | None = None,
) -> HttpResponse:
    form = form or _form(request, contact)
    wanted = NewAddress.objects.filter(contact_id=contact.id).first()
    done = request.GET.get("done", "")
    context = _frame(contact, told) | {
        "form": form,
        "new_address": new_address or NewAddressForm(prefix="new"),
        "wanted": mask(wanted.email) if wanted else "",
        "done": done if done in DONE else "",
        "is_asked": actions_preferences.is_asked(contact),
        "is_frozen": contact.status == Contact.Status.FROZEN,
    }
    wrong = form.errors or (new_address and new_address.errors)
    return render(request, "contacts/preferences.html", context, status=422 if wrong else 200)


@require_POST
@by_link
def stop(_request: HttpRequest, told: Pass, contact: Contact) -> HttpResponse:
    """No mail at all from this sender any more."""
    if told.issue is not None:
        actions_stop.stop_all(contact, told.issue)
    else:
        actions.object_to_all(contact, Membership.EndedBy.PAGE)
    return _to_page(told, "saved")


@require_POST
@by_link
def keep(_request: HttpRequest, told: Pass, contact: Contact) -> HttpResponse:
    """The answer to whether they still want mail."""
    actions_preferences.keep(contact, clock.now())
    return _to_page(told, "saved")


@require_POST
@by_link
@fresh_only
def new_address(request: HttpRequest, told: Pass, contact: Contact) -> HttpResponse:
    """Asks for another address, or takes that back."""
    if "drop" in request.POST:
        actions_preferences.drop_new_address(contact)
        return _to_page(told, "kept")
    form = NewAddressForm(request.POST, prefix="new")
    if form.is_valid() and form.cleaned_data["email"].lower() == contact.email_key:
        form.add_error("email", _("This is the address that we have already."))
    if not form.is_valid():
        request.method = "GET"  # the form above was not sent
        return _page(request, told, contact, new_address=form)
    actions_preferences.ask_new_address(
        contact, form.cleaned_data["email"], _language(told, contact), clock.now()
    )
    return _to_page(told, "address")


@require_POST
@by_link
def fresh(_request: HttpRequest, told: Pass, contact: Contact) -> HttpResponse:
    """A new link, to the address that we have: whoever holds an old mail gets nothing by it."""
    letters.write(
        contact.email,
        _language(told, contact),
        Words(
            subject=_("Your preferences"),
            paragraphs=(_("Here is the link to your preferences that you asked for. It works for 90 days."),),
            button=_("To your preferences"),
            url=tokens.preferences_url(contact),
            after=_("Wasn’t it you? Then you can leave this mail; nothing happens."),
        ),
    )
    return _to_page(told, "fresh")


@require_safe
@by_link
@fresh_only
def data(request: HttpRequest, told: Pass, contact: Contact) -> HttpResponse:
    """Everything that is kept about this person, to read."""
    context = _frame(contact, told) | {"title": _("Your data"), "known": person.readable(contact)}
    return render(request, "contacts/preferences_data.html", context)


@require_safe
@by_link
@fresh_only
def data_file(_request: HttpRequest, _told: Pass, contact: Contact, kind: str) -> HttpResponse:
    if kind == "csv":
        answer = HttpResponse(person.as_csv(contact), content_type="text/csv; charset=utf-8")
    elif kind == "json":
        answer = HttpResponse(person.as_json(contact), content_type="application/json")
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="my-data.{kind}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
@fresh_only
def ask(request: HttpRequest, told: Pass, contact: Contact) -> HttpResponse:
    """Correction, restriction, erasure: the account answers within a month."""
    form = OwnRequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions_rights.ask(
            form.cleaned_data["kind"],
            email=contact.email,
            contact=contact,
            received=clock.now().date(),
            text=form.cleaned_data["text"],
            language=_language(told, contact),
        )
        return _to_page(told, "asked")
    context = _frame(contact, told) | {"title": _("Your rights"), "form": form}
    return render(request, "contacts/preferences_ask.html", context, status=422 if form.errors else 200)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mail to a new address: its button makes it the address."""
    numbers = tokens.read_new_address(token)
    if numbers is None:
        return render(request, "contacts/stop_unknown.html", status=404)
    with account(numbers[0]):
        wanted = NewAddress.objects.select_related("contact").filter(id=numbers[1]).first()
        language = wanted.contact.language if wanted else ""
        with override(language if language in ("nl", "en") else "nl"):
            return _confirm(request, wanted)


def _confirm(request: HttpRequest, wanted: NewAddress | None) -> HttpResponse:
    found = Account.objects.first()
    context: dict[str, Any] = {"sender": found.name if found else "", "wanted": wanted}
    if wanted is not None and request.method == "POST":
        try:
            context["contact"] = actions_preferences.confirm_new_address(wanted.id)
        except actions.AddressTaken:
            context["is_taken"] = True
        else:
            context["url"] = tokens.preferences_url(context["contact"])
    return render(request, "contacts/preferences_address.html", context)
