"""Rooms that aren't built yet have their place in the navigation; built ones register themselves."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailexpert.core.navigation import Entry, entries, register


@dataclass(frozen=True, kw_only=True)
class Room:
    """`coming` says in one sentence what a room that isn't built yet will do."""

    key: str
    label: Promise
    icon: str
    order: int
    slug: str = ""
    coming: Promise | str = ""

    @property
    def url_name(self) -> str:
        return "web:home" if self.key == "overview" else f"web:{self.key}"

    def entry(self) -> Entry:
        return Entry(key=self.key, label=self.label, url_name=self.url_name, icon=self.icon, order=self.order)


ROOMS = (
    Room(key="overview", label=_("Overview"), icon="layout-dashboard", order=10),
    Room(
        key="automations",
        label=_("Automations"),
        slug="automatiseringen",
        icon="route",
        order=30,
        coming=_(
            "Here you will build series of mails that start by themselves, like a welcome after signing up."
        ),
    ),
    Room(
        key="contacts",
        label=_("Contacts"),
        slug="contacten",
        icon="users",
        order=40,
        coming=_("Here you will find everyone you mail, with their lists and the proof of their consent."),
    ),
)


def register_all() -> None:
    """A room that has registered itself before keeps its own entry."""
    taken = {entry.key for entry in entries()}
    for room in ROOMS:
        if room.key not in taken:
            register(room.entry())
