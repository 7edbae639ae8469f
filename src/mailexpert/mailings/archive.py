"""A mailing as a page that anyone with its address may read. The address names the mailing and no reader."""

from django.core import signing
from django.urls import reverse

from mailexpert.base import env
from mailexpert.core.scope import account
from mailexpert.mail import browser
from mailexpert.mailings.models import Mailing

SIGNER = signing.Signer(salt="mailings.archive")


def url_of(mailing: Mailing) -> str:
    told = SIGNER.sign_object([mailing.account_id, mailing.pk])
    return env.load().base_url + reverse("archive", args=[told])


def page_of(token: str) -> str | None:
    """The page of a mailing whose sending has begun; of any other, and of a token that isn't ours, nothing. Raises
    RenderProblem."""
    try:
        account_id, mailing_id = SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    with account(int(account_id)):
        found = Mailing.objects.select_related("issue").filter(id=mailing_id).exclude(issue=None).first()
        if found is None:
            return None
        return browser.page(found.issue.html, found.issue.links, found.issue.language)
