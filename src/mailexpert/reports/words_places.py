"""Where the mail went: by receiving provider, and by domain once the mailing has ended."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mailexpert.mail import providers
from mailexpert.reports.queries import Report
from mailexpert.sending import queries_pulse as pulse

MOST_DOMAINS = 20


@dataclass(frozen=True, kw_only=True)
class Places:
    providers: list[pulse.Place]
    domains: list[pulse.Place]


def places(report: Report) -> Places:
    return Places(
        providers=[_named(place, providers.name_of(place.name)) for place in pulse.providers(report.issues)],
        domains=[_named(place, place.name) for place in pulse.domains(report.issues, limit=MOST_DOMAINS)],
    )


def _named(place: pulse.Place, name: str) -> pulse.Place:
    named = name if place.name else _("Other, small ones")
    return pulse.Place(name=named, planned=place.planned, sent=place.sent, failed=place.failed)
