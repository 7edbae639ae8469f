"""Word about the account: what happened, and what comes by mail."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailexpert.accounts import words
from mailexpert.accounts.access import own_page
from mailexpert.accounts.models import Membership, Word
from mailexpert.base import clock
from mailexpert.core.attention import Need

SHOWN = 50
ASK = {Word.Kind.LIMIT_REACHED, Word.Kind.DOMAIN_BROKEN, Word.Kind.RELAY_REFUSES, Word.Kind.REQUEST}


class WordsForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("By mail too"),
        choices=Word.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "All of them are on this page; owners and administrators get the chosen ones by mail."
        ),
    )


@own_page
def page(request: HttpRequest) -> HttpResponse:
    member: Membership = request.membership  # type: ignore[attr-defined]
    wanted = [kind for kind in Word.Kind.values if kind not in member.muted]
    form = WordsForm(request.POST or None, initial={"kinds": wanted})
    if request.method == "POST" and form.is_valid():
        muted = sorted(set(Word.Kind.values) - set(form.cleaned_data["kinds"]))
        Membership.objects.filter(id=member.id).update(muted=muted)
        messages.success(request, _("Saved."))
        return redirect("settings:words")
    rows = [(row, words.said(row.kind, row.values)) for row in Word.objects.order_by("-at")[:SHOWN]]
    words.see_all(clock.now())
    return render(request, "accounts/settings/words.html", {"rows": rows, "form": form})


def needs(request: HttpRequest) -> Iterable[Need]:
    """On the dashboard until someone has looked."""
    for row in Word.objects.filter(seen_at=None).order_by("-at")[:5]:
        told: Any = words.said(row.kind, row.values)
        yield Need(
            title=told.title, text=told.text, url=row.url or "/instellingen/berichten/", button=_("Look at it"),
            icon="bell", now=row.kind in ASK,
        )  # fmt: skip
