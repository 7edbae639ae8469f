"""Messages to customers in the console."""

from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.site import actions_message as actions
from mailexpert.site.access import signed_required, staff_of
from mailexpert.site.forms_message import NewsMailForm, ServiceForm
from mailexpert.site.models import MailKind, Message

State = Message.State
Form = type[ServiceForm] | type[NewsMailForm]


@require_safe
@signed_required
def desk(request: HttpRequest) -> HttpResponse:
    user = staff_of(request)
    kinds = [kind for kind in MailKind if user.may(actions.RIGHTS[kind])]
    rows = Message.objects.order_by("-created_at")[:100]
    return render(request, "site/console/messages.html", {"rows": rows, "kinds": kinds})


@signed_required
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    user = staff_of(request)
    if kind not in MailKind.values or not user.may(actions.RIGHTS[MailKind(kind)]):
        raise Http404(_("There is no such page."))
    form = _form(kind)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = Message.objects.create(kind=kind, author=user, **form.cleaned_data)
        return redirect("site:message", made.id)
    return render(request, "site/console/message_new.html", {"form": form, "kind": MailKind(kind)})


@signed_required
def show(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Message, id=id)
    may = staff_of(request).may(actions.RIGHTS[MailKind(found.kind)])
    is_open = found.state in (State.DRAFT, State.REFUSED) and may
    kind = _form(found.kind)
    form = kind(request.POST or None, initial={name: getattr(found, name) for name in kind.base_fields})
    if request.method == "POST":
        if not is_open:
            raise Http404(_("There is no such page."))
        if form.is_valid():
            Message.objects.filter(id=id).update(author=staff_of(request), **form.cleaned_data)
            notices.success(request, _("Saved."))
            return redirect("site:message", id)
    previews = []
    for language in ("nl", "en"):
        with translation.override(language):
            previews.append((language, actions.word(found, language)))
    context = {
        "message": found, "form": form, "previews": previews, "may": may, "is_open": is_open,
        "is_service": found.kind == MailKind.SERVICE, "is_mine": found.author_id == staff_of(request).pk,
    }  # fmt: skip
    return render(request, "site/console/message.html", context)


@require_POST
@signed_required
def offer(request: HttpRequest, id: int) -> HttpResponse:
    found = _mine(request, id)
    try:
        actions.offer(found)
    except actions.Refused as refused:
        for reason in refused.reasons:
            notices.error(request, reason)
    else:
        notices.success(request, _("It waits for a second reader now."))
    return redirect("site:message", id)


@require_POST
@signed_required
def send(request: HttpRequest, id: int) -> HttpResponse:
    found = _mine(request, id)
    try:
        actions.send(found, staff_of(request))
    except actions.Refused as refused:
        for reason in refused.reasons:
            notices.error(request, reason)
    else:
        notices.success(request, _("On its way to the customers."))
    return redirect("site:message", id)


@require_POST
@signed_required
def refuse(request: HttpRequest, id: int) -> HttpResponse:
    found = _mine(request, id)
    why = request.POST.get("why", "").strip()
    if not why:
        notices.error(request, _("Say why, so that the author can mend it."))
    else:
        actions.refuse(found, staff_of(request), why)
        notices.success(request, _("Refused; the author sees why."))
    return redirect("site:message", id)


def _mine(request: HttpRequest, id: int) -> Message:
    found = get_object_or_404(Message, id=id)
    if not staff_of(request).may(actions.RIGHTS[MailKind(found.kind)]):
        raise Http404(_("There is no such page."))
    return found


def _form(kind: str) -> Form:
    return ServiceForm if kind == MailKind.SERVICE else NewsMailForm
