"""The page behind the unsubscribe link. For everyone: no login, no cookie. The signed token names issue and person and
is the authority; looking changes nothing, because mail scanners follow every link."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailexpert.accounts.models import Account
from mailexpert.base import keys
from mailexpert.contacts import actions_stop, queries_history
from mailexpert.contacts.models import Contact
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mail import links
from mailexpert.mail.address import mask
from mailexpert.sending.models import Issue

VERBS: dict[str, Callable[[Contact, Issue], None]] = {
    "stop": actions_stop.stop_lists,
    "stop_all": actions_stop.stop_all,
    "resume": actions_stop.resume,
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def stop(request: HttpRequest, token: str) -> HttpResponse:
    told = links.read_token(keys.derive("links"), token)
    issue = _issue(told.issue) if isinstance(told, links.Stop) else None
    if issue is None or not isinstance(told, links.Stop):
        return render(request, "contacts/stop_unknown.html", status=404)
    with account(issue.account_id), override(issue.language):
        contact = queries_history.reached(told.contact)
        verb = VERBS.get(request.POST.get("what", "")) if request.method == "POST" else None
        if verb is not None and contact is not None and issue.kind == Issue.Kind.MAILING:
            verb(contact, issue)
        return _page(request, issue, contact, token)


def _issue(issue_id: int) -> Issue | None:
    with beside_wall(Beside.STOP):
        return Issue.objects.filter(id=issue_id).first()


def _page(request: HttpRequest, issue: Issue, contact: Contact | None, token: str) -> HttpResponse:
    lists = actions_stop.lists_of(issue, contact) if contact else []
    is_done = contact is None or not any(one.is_standing for one in lists)
    context = {
        "token": token,
        "sender": Account.objects.get(id=issue.account_id).name,
        "address": mask(contact.email) if contact else "",
        "lists": lists,
        "is_done": is_done,
        "is_suppressed": contact is not None and actions_stop.is_suppressed(contact),
        "can_resume": contact is not None and actions_stop.can_resume(contact, issue),
        "is_proof": issue.kind != Issue.Kind.MAILING,
        "title": _("Unsubscribed") if is_done else _("Unsubscribe"),
    }
    return render(request, "contacts/stop.html", context)
