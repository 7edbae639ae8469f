"""A mailing as a page that anyone with its address may read. The address names the mailing and no reader."""

from django.core import signing
from django.urls import reverse

from mailexpert.base import env
from mailexpert.core.scope import account
from mailexpert.mail import browser
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import Version

SIGNER = signing.Signer(salt="mailings.archive")


def url_of(mailing: Mailing) -> str:
    told = SIGNER.sign_object(_told(mailing))
    return env.load().base_url + reverse("archive", args=[told])


def _told(mailing: Mailing) -> list[int]:
    """Account and mailing, and while versions are tried which one."""
    return [mailing.account_id, mailing.pk, *([mailing.tried] if mailing.tried is not None else [])]


def page_of(token: str) -> str | None:
    """The page of a mailing whose sending has begun; of any other, and of a token that isn't ours, nothing. Raises
    RenderProblem."""
    try:
        account_id, mailing_id, *tried = SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    with account(int(account_id)):
        found = Mailing.objects.select_related("issue").filter(id=mailing_id).exclude(issue=None).first()
        if found is None:
            return None
        version = _version(found, tried[0]) if tried else None
        issue = version.issue if version else found.issue
        return browser.page(issue.html, issue.links, issue.language)


def _version(mailing: Mailing, n: int) -> Version | None:
    return Version.objects.filter(experiment__mailing=mailing, n=n).exclude(issue=None).first()
