"""The console's desk for promises: evidence, people who vouch, questions, companies that work for us, the register."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.base import clock
from mailexpert.core import promises
from mailexpert.privacy import queries, record, retention
from mailexpert.privacy.actions_questions import Answered
from mailexpert.privacy.actions_questions import answer as send_answer
from mailexpert.privacy.models import Attestation, Question, SecurityContact, Subprocessor
from mailexpert.site.access import signed_required, staff_of
from mailexpert.site.forms_contact import AnswerForm, AttestationForm, SecurityContactForm, SubprocessorForm

ANSWERED_SHOWN = 50


@require_safe
@signed_required
def overview(request: HttpRequest) -> HttpResponse:
    standings = queries.public_promises(translation.get_language() or "nl")
    context = {"sections": queries.by_section(standings), "sum": queries.promise_sum(standings)}
    return render(request, "site/console/promises.html", context)


@signed_required
def promise(request: HttpRequest, number: int) -> HttpResponse:
    """One promise with its history; where a person may vouch, the form for it."""
    declared = next((one for one in promises.promises() if one.number == number), None)
    if declared is None:
        raise Http404(_("There is no such promise."))
    form = AttestationForm(request.POST or None) if declared.vouched else None
    if request.method == "POST":
        if form is None:
            raise Http404(_("Nobody can vouch for this promise: a check looks at it."))
        if form.is_valid():
            row = {**form.cleaned_data, "promise": declared.id, "entered_by": staff_of(request)}
            Attestation.objects.create(**row, entered_at=clock.now())
            messages.success(request, _("Noted. The next check takes it into account."))
            return redirect("site:desk-promise", number)
    standings = queries.public_promises(translation.get_language() or "nl")
    context = {
        "one": next(one for one in standings if one.number == number),
        "turns": [
            {"turn": turn, "evidence": queries.sentences(turn.said)} for turn in queries.history(declared.id)
        ],
        "attestations": queries.attestations(declared.id),
        "form": form,
        "today": timezone.localdate(),
    }
    return render(request, "site/console/promise.html", context, status=422 if form and form.errors else 200)


@require_POST
@signed_required
def withdraw(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Attestation, id=id, withdrawn_at=None)
    Attestation.objects.filter(id=found.id).update(withdrawn_at=clock.now())
    messages.success(request, _("Withdrawn. Nobody vouches for it any more."))
    return redirect("site:desk-promise", int(found.promise.removeprefix("A")))


@require_safe
@signed_required
def questions(request: HttpRequest) -> HttpResponse:
    answered = Question.objects.exclude(answered_at=None).order_by("-answered_at")[:ANSWERED_SHOWN]
    context = {"open": queries.open_questions(), "answered": answered, "now": clock.now()}
    return render(request, "site/console/questions.html", context)


@signed_required
def question(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Question, id=id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            send_answer(found, form.cleaned_data["answer"], staff_of(request))
        except Answered:
            messages.error(request, _("A colleague has answered this question already."))
        else:
            messages.success(request, _("Answered by mail."))
        return redirect("site:questions")
    context = {"question": found, "form": form, "now": clock.now()}
    return render(request, "site/console/question.html", context, status=422 if form.errors else 200)


@signed_required
def security_contact(request: HttpRequest) -> HttpResponse:
    """What security.txt says; renewing it says that the address still holds."""
    form = SecurityContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        SecurityContact.objects.create(
            **form.cleaned_data, entered_by=staff_of(request), entered_at=clock.now()
        )
        messages.success(request, _("security.txt is renewed."))
        return redirect("site:security-contact")
    context = {"now_says": queries.security_contact(), "form": form}
    return render(request, "site/console/security_contact.html", context, status=422 if form.errors else 200)


@signed_required
def companies(request: HttpRequest) -> HttpResponse:
    return _company(request, None)


@signed_required
def company(request: HttpRequest, id: int) -> HttpResponse:
    return _company(request, get_object_or_404(Subprocessor, id=id))


def _company(request: HttpRequest, found: Subprocessor | None) -> HttpResponse:
    form = SubprocessorForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        if found is None:
            Subprocessor.objects.create(**form.cleaned_data)
        else:
            Subprocessor.objects.filter(id=found.id).update(**form.cleaned_data)
        messages.success(request, _("Saved. It stands on the public page at once."))
        return redirect("site:companies")
    rows = Subprocessor.objects.order_by("ended_on", "name")
    context = {"rows": rows, "form": form, "company": found}
    return render(request, "site/console/companies.html", context, status=422 if form.errors else 200)


@require_safe
@signed_required
def register(request: HttpRequest) -> HttpResponse:
    """The record of processing, in the reader's language; `vorm=md` and `vorm=json` to take along."""
    form = request.GET.get("vorm", "")
    if form == "json":
        return JsonResponse(record.as_dict(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    if form == "md":
        return HttpResponse(record.as_markdown(), content_type="text/markdown; charset=utf-8")
    now = clock.now()
    rules = [
        {"table": rule.table, "act": rule.act, "after": rule.retention.after, "column": rule.retention.column}
        for rule in retention.rules(now)
    ]
    context = {"purposes": record.purposes(), "cookies": record.cookies(), "rules": rules}
    return render(request, "site/console/register.html", context)
