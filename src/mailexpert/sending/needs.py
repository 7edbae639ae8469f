"""What of sending asks for attention on the dashboard."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mailexpert.core.attention import Need
from mailexpert.sending import queries_domains
from mailexpert.sending.models import SenderDomain

State = SenderDomain.State


def of_domains(_request: HttpRequest) -> Iterator[Need]:
    """A domain that broke holds up whatever is sent from it; an account whose mail leaves needs one that holds."""
    found = list(SenderDomain.objects.order_by("name"))
    leaves = queries_domains.mail_leaves()
    for domain in found:
        if domain.is_broken:
            yield Need(
                title=_("The records of %(domain)s are broken") % {"domain": domain.name},
                text=_("Mailings from this domain wait until DNS shows them again."),
                url=reverse("sending:domain", args=[domain.id]),
                button=_("See what to do"),
                icon="alert-triangle",
                now=leaves,
            )
    if leaves and not any(domain.is_verified or domain.is_broken for domain in found):
        yield Need(
            title=_("Verify the domain you send from"),
            text=_("Without it nothing can leave through your mail server."),
            url=reverse("sending:domain", args=[found[0].id]) if found else reverse("sending:domains"),
            button=_("Sender domains"),
            icon="world-check",
        )
