"""Testimonials: an account writes and agrees, staff publish, the account takes it back at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import role_required, user_of
from mailexpert.accounts.fields import OneLineField
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.moment import moment
from mailexpert.site.access import right_required
from mailexpert.site.models import Testimonial

CONSENT = gettext_lazy(
    "MailExpert may show these words with our name on its public pages, until we take them back."
)


class TestimonialForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("What you say about MailExpert"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    signed_as = OneLineField(label=gettext_lazy("Shown as"), max_length=200)
    agrees = forms.BooleanField(label=CONSENT)


@role_required("admin")
def mine(request: HttpRequest) -> HttpResponse:
    form = TestimonialForm(request.POST or None, initial={"signed_as": request.account.name})  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        words = {f"words_{language}": form.cleaned_data["words"] for language in ("nl", "en")}
        Testimonial.objects.create(
            **words, signed_as=form.cleaned_data["signed_as"], consent_text=str(CONSENT), consented_at=moment(),
            consented_by_id=user_of(request).pk,
        )  # fmt: skip
        messages.success(request, _("Thank you. It is shown once somebody of us has read it."))
        return redirect("site:testimonial")
    context = {"rows": Testimonial.objects.order_by("-id"), "form": form}
    return render(request, "site/testimonial.html", context)


@require_POST
@role_required("admin")
def withdraw(request: HttpRequest, id: int) -> HttpResponse:
    """At once: the public page asks the table each time."""
    changed = Testimonial.objects.filter(id=id).update(withdrawn_at=moment(), published_at=None)
    if not changed:
        raise Http404(_("There is no such testimonial."))
    messages.success(request, _("Taken back. It isn’t shown any more."))
    return redirect("site:testimonial")


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    return render(request, "site/testimonials.html", {"rows": shown()})


def shown() -> list[dict[str, Any]]:
    language = translation.get_language() or "nl"
    with beside_wall(Beside.TESTIMONIALS):
        rows = list(
            Testimonial.objects.exclude(published_at=None).filter(withdrawn_at=None).order_by("-published_at")
        )
    return [
        {"words": row.words_en if language == "en" else row.words_nl, "signed_as": row.signed_as}
        for row in rows
    ]


@right_required("promote")
def desk(request: HttpRequest) -> HttpResponse:
    with beside_wall(Beside.TESTIMONIALS):
        rows = list(Testimonial.objects.order_by("-id")[:200])
    return render(request, "site/console/testimonials.html", {"rows": rows})


@require_POST
@right_required("promote")
def publish(request: HttpRequest, id: int) -> HttpResponse:
    with beside_wall(Beside.TESTIMONIALS):
        found = Testimonial.objects.filter(id=id).first()
    if found is None:
        raise Http404(_("There is no such testimonial."))
    with account(found.account_id):
        try:
            with transaction.atomic():
                Testimonial.objects.filter(id=id).update(
                    published_at=None if found.published_at else moment()
                )
        except IntegrityError:
            messages.error(request, _("Without consent it can’t be published."))
    return redirect("site:testimonial-desk")
