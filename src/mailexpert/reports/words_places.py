"""Where the mail went: by receiving provider, and by domain once the mailing has ended."""

from dataclasses import replace

from django.utils.translation import gettext as _

from mailexpert.mail import providers
from mailexpert.reports.queries import Report
from mailexpert.sending import queries_pulse as pulse
from mailexpert.sending.queries_pulse import Place, Places

MOST_DOMAINS = 20


def places(report: Report) -> Places:
    found = pulse.places(report.issues, most_domains=MOST_DOMAINS)
    return Places(
        providers=[_named(place, providers.name_of(place.name)) for place in found.providers],
        domains=[_named(place, place.name) for place in found.domains],
    )


def _named(place: Place, name: str) -> Place:
    return replace(place, name=name if place.name else _("Other, small ones"))
