"""Sender domains: claim one, publish its records, verify."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema, Status
from pydantic import Field as Limit

from mailexpert.accounts.actions_package import NoRoom
from mailexpert.api.answers import READ, WRITE, WRITE_ONE
from mailexpert.api.paging import PagingQuery, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import Id, Line, Strict
from mailexpert.sending import actions_domains
from mailexpert.sending.models import SenderDomain
from mailexpert.sending.words_domains import MX_PREFERENCE, records

router = Router(tags=["domains"])
STATES = {
    SenderDomain.State.WAITING: "waiting",
    SenderDomain.State.VERIFIED: "verified",
    SenderDomain.State.BROKEN: "broken",
}


class DomainIn(Strict):
    name: Annotated[Line, Limit(min_length=1, max_length=253)]


class RecordOut(Schema):
    """One record to publish. `state`: new (not looked at), good, mind (good, but read `text`), bad, unsure (DNS gave no
    answer), later. `needed`: without it nothing may be sent."""

    type: Literal["TXT", "MX"]
    name: str
    value: str
    priority: int | None
    needed: bool
    state: Literal["new", "good", "mind", "bad", "unsure", "later"]
    text: str


class DomainOut(Schema):
    id: int
    name: str
    state: Literal["waiting", "verified", "broken"]
    return_path: str
    checked_at: datetime | None
    verified_at: datetime | None
    records: list[RecordOut]


class DomainPage(Schema):
    items: list[DomainOut]
    next: int | None


@router.get("", response={200: DomainPage, **READ})
def domains(request: HttpRequest, paging: PagingQuery) -> dict[str, object]:
    """Your sender domains, newest first, with the records to publish and what DNS showed of each."""
    items, following = page(SenderDomain.objects.prefetch_related("keys"), paging)
    return {"items": [shown(domain) for domain in items], "next": following}


@router.post("", response={201: DomainOut, **WRITE})
def claim_domain(request: HttpRequest, wanted: DomainIn) -> Status[dict[str, Any]]:
    """Take up a domain: its keys are made. Publish `records`, then verify."""
    try:
        return Status(201, shown(actions_domains.claim(wanted.name)))
    except actions_domains.NoDomain as problem:
        raise Problem(422, "No domain name", "Give `name` like yourshop.com.") from problem
    except actions_domains.Known as problem:
        raise Problem(409, "Domain known", "This account has this domain already.") from problem
    except NoRoom as problem:
        raise Problem(409, "The package is full", str(problem)) from problem
    except actions_domains.TooMany as problem:
        raise Problem(409, "Too many domains", "An account has at most 50 sender domains.") from problem


@router.get("/{domain_id}", response={200: DomainOut, **READ})
def one_domain(request: HttpRequest, domain_id: Path[Id]) -> dict[str, Any]:
    """One sender domain."""
    return shown(_found(domain_id))


@router.post("/{domain_id}/verify", response={200: DomainOut, **WRITE_ONE})
def verify_domain(request: HttpRequest, domain_id: Path[Id]) -> dict[str, Any]:
    """Look at DNS now. It takes some seconds; afterwards we look by ourselves, at least daily."""
    return shown(actions_domains.check(_found(domain_id)))


@router.delete("/{domain_id}", response={204: None, **WRITE_ONE})
def remove_domain(request: HttpRequest, domain_id: Path[Id]) -> Status[None]:
    """Forget a domain and its keys."""
    try:
        actions_domains.let_go(_found(domain_id))
    except actions_domains.InUse as problem:
        raise Problem(409, "In use", "A mailing from this domain is on its way.") from problem
    return Status(204, None)


def shown(domain: SenderDomain) -> dict[str, Any]:
    return {
        "id": domain.id,
        "name": domain.name,
        "state": STATES[SenderDomain.State(domain.state)],
        "return_path": domain.return_host if domain.has_return_path else "",
        "checked_at": domain.checked_at,
        "verified_at": domain.verified_at,
        "records": [
            {
                "type": record.kind,
                "name": record.name,
                "value": record.value,
                "priority": MX_PREFERENCE if record.is_mx else None,
                "needed": record.is_needed,
                "state": record.state,
                "text": record.text,
            }
            for record in records(domain)
        ],
    }


def _found(number: int) -> SenderDomain:
    return get_object_or_404(SenderDomain, id=number)
