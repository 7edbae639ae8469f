"""Signing up, for visitors: no login, no cookie, no third party. Posts come from the account's own site too, so
nothing here rests on who asks: what counts is the button behind the mail."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from mailexpert.accounts.client import client_ip
from mailexpert.accounts.models import Account
from mailexpert.base.clock import now as read_clock
from mailexpert.contacts import actions_signup, actions_signupform, queries_signup, rules_signup
from mailexpert.contacts.forms_signup import VisitorForm
from mailexpert.contacts.models import List
from mailexpert.contacts.models_signup import Signup, SignupForm
from mailexpert.contacts.rules_signup import TRAP
from mailexpert.core import brand
from mailexpert.core.scope import account
from mailexpert.mail.address import mask

STEP = "contacts.signup.step"
MOST_VALUES = 60


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def form(request: HttpRequest, key: str) -> HttpResponse:
    """The form itself. Looking counts one; sending leads to the mail, whatever is known about the address."""
    found = _found(key)
    with account(found.account_id), override(found.language):
        if not queries_signup.is_open(found):
            return _closed(request, found)
        now = read_clock()
        if request.method != "POST":
            if request.method == "GET":
                actions_signup.count(found, "shown", now)
            return _page(request, found, _visitor_form(found, None))
        if request.POST.get(TRAP):
            return _sent(request, found)
        return _take(request, found, now)


def _take(request: HttpRequest, found: SignupForm, now: datetime) -> HttpResponse:
    step = _read_step(found, request.POST.get("step", ""))
    data: Any = request.POST if step is None else step.data
    filled = _visitor_form(found, data)
    if not filled.is_valid():
        return _page(request, found, filled, status=422)
    worked = actions_signup.has_worked(
        found, request.POST.get("challenge", ""), str(data.get("email", "")), request.POST.get("nonce", "")
    )
    if not worked and (step is None or step.is_quick):
        return _step(request, found, filled, data)
    wish = actions_signup.Wish(
        **filled.wish(),
        revision=_number(data.get("revision")),
        via="embed" if data.get("via") == "embed" else "page",
        origin=(step.origin if step else "") or request.headers.get("Origin", ""),
        ip=client_ip(request),
        has_worked=worked,
    )
    try:
        actions_signup.take(found, wish, now)
    except actions_signup.TooMany:
        said = _("Many people sign up just now. Nothing is lost: try it again in ten minutes.")
        if _wants_json(request):
            return _json({"state": "later", "text": said}, 429)
        return _page(request, found, filled, status=429, problem=said)
    return _sent(request, found)


class Step:
    """What was filled in without a script, handed back by the extra page: signed, so that nobody changes it on the way,
    and dated, so that a machine has to wait."""

    def __init__(self, data: Any, origin: str, is_quick: bool) -> None:
        self.data, self.origin, self.is_quick = data, origin, is_quick


def _read_step(found: SignupForm, text: str) -> Step | None:
    if not text:
        return None
    try:
        key, body, origin, at = signing.loads(text, salt=STEP, max_age=rules_signup.STEP_VALID)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if key != found.key:
        return None
    return Step(QueryDict(body), origin, read_clock().timestamp() - at < rules_signup.STEP_SECONDS)


def _step(request: HttpRequest, found: SignupForm, filled: VisitorForm, data: Any) -> HttpResponse:
    """Without a script, which would have done some work: one more button, a moment later."""
    kept = data.copy()
    for name in ("step", "challenge", "nonce", TRAP, "csrfmiddlewaretoken"):
        kept.pop(name, None)
    body = kept.urlencode()
    if len(kept) > MOST_VALUES or len(body) > 30_000:
        raise Http404
    origin = rules_signup.origin(request.headers.get("Origin", ""))
    told = signing.dumps([found.key, body, origin, read_clock().timestamp()], salt=STEP, compress=True)
    if _wants_json(request):
        return _json({"state": "work", "text": _("Try it again.")}, 422)
    context = {"email": filled.cleaned_data["email"], "step": told, **_context(found)}
    return _draw(request, "step", context, leads_to=found.sent_url)


def _sent(request: HttpRequest, found: SignupForm) -> HttpResponse:
    own = queries_signup.leads_on(found.sent_url)
    if _wants_json(request):
        return _json({"state": "sent", "text": _said(found), "url": own}, 200)
    return HttpResponseRedirect(own or reverse("signup:sent", args=[found.key]))


def _said(found: SignupForm) -> str:
    if not found.double_opt_in:
        return _("Thank you. You are signed up.")
    return _(
        "We sent you a mail. Press the button behind its link, and you are signed up. Nothing there after a few "
        "minutes? Look among your unwanted mail; who signed up elsewhere today can get it tomorrow."
    )


@require_safe
@never_cache
def sent(request: HttpRequest, key: str) -> HttpResponse:
    found = _found(key)
    with account(found.account_id), override(found.language):
        return _draw(request, "sent", {"said": _said(found), **_context(found)})


@require_safe
@never_cache
def challenge(request: HttpRequest, key: str) -> HttpResponse:
    """What the visitor's browser works on. For scripts on the account's own site."""
    found = _found(key)
    with account(found.account_id), override(found.language):
        if not queries_signup.is_open(found):
            raise Http404
        return _json({"challenge": actions_signup.challenge(found), "bits": rules_signup.WORK_BITS}, 200)


@require_safe
@cache_control(max_age=300, public=True)
def style(request: HttpRequest, key: str) -> HttpResponse:
    """The form's colours as variables: our content policy allows no style inside a page."""
    found = _found(key)
    with account(found.account_id):
        look = queries_signup.look_of(found.accent)
        return render(request, "contacts/signup/look.css", {"look": look}, content_type="text/css")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of the mail. Looking changes nothing, because scanners follow every link; the button does."""
    told = actions_signup.read_token(token)
    if told is None:
        return render(request, "contacts/signup/unknown.html", status=404)
    account_id, signup_id = told
    with account(account_id):
        signup = Signup.objects.select_related("form").filter(id=signup_id).first()
        if signup is None or not Account.objects.filter(closing_at=None).exists():
            return render(request, "contacts/signup/unknown.html", status=404)
        with override(signup.form.language):
            return _confirm(request, signup)


def _confirm(request: HttpRequest, signup: Signup) -> HttpResponse:
    now = read_clock()
    context = _context(signup.form)
    if signup.state != Signup.State.CONFIRMED:
        if rules_signup.is_over(signup.at, now):
            return _draw(request, "old", context, status=410)
        if request.method != "POST":
            names = list(List.objects.filter(id__in=signup.list_ids).order_by("name"))
            context |= {"email": mask(signup.email), "lists": names}
            return _draw(request, "confirm", context, leads_to=signup.form.thanks_url)
        actions_signup.confirm(signup.id, now)
        own = queries_signup.leads_on(signup.form.thanks_url)
        if own:
            return HttpResponseRedirect(own)
    return _draw(request, "thanks", context)


def _draw(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200, leads_to: str = ""
) -> HttpResponse:
    """The content policy lets in the logo's host, and lets the form lead on to the account's own site: a browser
    follows no form to another host than the policy of its page names."""
    page = render(request, f"contacts/signup/{name}.html", context, status=status)
    own, logo = queries_signup.leads_on(leads_to), rules_signup.origin(context["logo"])
    widened = {"form-action": [rules_signup.origin(own)] if own else [], "img-src": [logo] if logo else []}
    page._csp_update = {place: hosts for place, hosts in widened.items() if hosts}  # type: ignore[attr-defined]
    return page


def _found(key: str) -> SignupForm:
    found = queries_signup.by_key(key)
    if found is None:
        raise Http404
    return found


def _visitor_form(found: SignupForm, data: Any) -> VisitorForm:
    return VisitorForm(
        data, lists=queries_signup.lists_of(found), questions=queries_signup.questions_of(found)
    )


def _page(
    request: HttpRequest, found: SignupForm, filled: VisitorForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    if _wants_json(request):
        errors = {name: [str(said) for said in said_of] for name, said_of in filled.errors.items()}
        return _json({"state": "wrong", "errors": errors}, status)
    actions_signupform.note_words(found)
    context = {"filled": filled, "problem": problem, **_context(found)}
    return _draw(request, "form", context, status=status, leads_to=found.sent_url)


def _closed(request: HttpRequest, found: SignupForm) -> HttpResponse:
    if _wants_json(request):
        return _json({"state": "closed", "text": _("This form is closed.")}, 410)
    return _draw(request, "closed", _context(found), status=410)


def _context(found: SignupForm) -> dict[str, Any]:
    look = brand.of_account()
    return {
        "form": found,
        "sender": Account.objects.get(),
        "logo": look.logo,
        "logo_width": look.logo_width,
        "words": queries_signup.words_of(found),
        "trap": TRAP,
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _json(document: dict[str, Any], status: int) -> HttpResponse:
    """Readable from any site: it holds nothing about anybody, and no cookie opens anything here."""
    return JsonResponse(document, status=status, headers={"Access-Control-Allow-Origin": "*"})


def _number(text: Any) -> int:
    text = str(text or "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0
