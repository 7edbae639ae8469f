"""The mail in the browser, for whoever has its address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mailexpert.content import policies
from mailexpert.mail.personalise import RenderProblem
from mailexpert.mailings import archive


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """An account's HTML: it runs nothing, and search engines are asked to leave it alone."""
    try:
        page = archive.page_of(token)
    except RenderProblem as problem:
        raise Http404 from problem
    if page is None:
        raise Http404
    response = HttpResponse(page)
    response["Content-Security-Policy"] = policies.MAIL.format(pictures=policies.PICTURES)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
