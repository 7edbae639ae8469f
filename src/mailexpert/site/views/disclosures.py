"""The register of disclosures: who asked, on what ground, who approved, what was given, whether the person knows."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.fields import OneLineField
from mailexpert.accounts.models import Account
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.privacy import actions_disclosure as actions
from mailexpert.privacy.models import Disclosure
from mailexpert.privacy.moment import moment
from mailexpert.site.access import right_required, staff_of

RIGHT = "disclose"


class AskForm(forms.Form):
    slug = OneLineField(label=gettext_lazy("Short name of the account"), max_length=63)
    requester = OneLineField(label=gettext_lazy("Who asks"), max_length=200)
    ground = forms.ChoiceField(
        label=gettext_lazy("Legal ground"), choices=Disclosure.Ground.choices, widget=forms.RadioSelect
    )
    reference = OneLineField(
        label=gettext_lazy("Reference"),
        max_length=200,
        help_text=gettext_lazy("Case number, or the article of the law."),
    )
    asked_for = forms.CharField(
        label=gettext_lazy("What is asked for"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_slug(self) -> int:
        with beside_wall(Beside.CONSOLE):
            found = (
                Account.objects.filter(slug=self.cleaned_data["slug"]).values_list("id", flat=True).first()
            )
        if found is None:
            raise forms.ValidationError(_("There is no such account."))
        return found


@right_required(RIGHT)
def desk(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        made = actions.ask(account_id=given.pop("slug"), by=staff_of(request), **given)
        return redirect("site:disclosure", made.id)
    rows = Disclosure.objects.order_by("-at")[:200]
    return render(request, "site/console/disclosures.html", {"rows": rows, "form": form})


@require_safe
@right_required(RIGHT)
def show(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Disclosure, id=id)
    voices = list(found.voices.order_by("at"))
    spoke = staff_of(request).pk in {voice.user_id for voice in voices}
    context = {"found": found, "voices": voices, "may_judge": found.state == "asked" and not spoke}
    return render(request, "site/console/disclosure.html", context)


@require_POST
@right_required(RIGHT)
def judge(request: HttpRequest, id: int) -> HttpResponse:
    get_object_or_404(Disclosure, id=id)
    try:
        actions.judge(
            id,
            staff_of(request),
            approves=request.POST.get("answer") == "yes",
            words=request.POST.get("words", ""),
        )
    except (actions.SpokenBefore, actions.NotApproved):
        messages.error(request, _("You have judged this already, or it is decided."))
    return redirect("site:disclosure", id)


@require_POST
@right_required(RIGHT)
def give(request: HttpRequest, id: int) -> HttpResponse:
    get_object_or_404(Disclosure, id=id)
    try:
        data = actions.give(id, staff_of(request))
    except actions.NotApproved:
        messages.error(request, _("Nothing comes out without a ground and two approvals."))
        return redirect("site:disclosure", id)
    response = HttpResponse(data, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="disclosure-{id}.json"'
    return response


@require_POST
@right_required(RIGHT)
def told(request: HttpRequest, id: int) -> HttpResponse:
    get_object_or_404(Disclosure, id=id)
    why_not = request.POST.get("why_not", "").strip()[:500]
    actions.note_told(id, at=None if why_not else moment(), why_not=why_not)
    messages.success(request, _("Saved."))
    return redirect("site:disclosure", id)
