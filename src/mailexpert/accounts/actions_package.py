"""Choosing a package. A change counts at once; down keeps what is there and stops what comes on top."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.actions import OPERATOR
from mailexpert.accounts.models import Account
from mailexpert.accounts.models_package import Package
from mailexpert.accounts.rules_package import Fit
from mailexpert.core import usage


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A reading of use beside the limit of the package."""

    reading: usage.Reading
    fit: Fit


class NotOffered(Exception):
    """The operator doesn't offer this package."""


FULL = {
    "contacts": _("Your package holds no more contacts. Take a larger one, or delete contacts first."),
    "sites": _("Your package holds no more sites. Take a larger one, or remove a sender domain first."),
}


class NoRoom(Exception):
    """The package is full here; its message says so to who wanted to add something."""

    def __init__(self, key: str) -> None:
        super().__init__(str(FULL[key]))


def package_of(account: Account) -> Package | None:
    """The account's own, else the default one; None is unlimited, as the operator's own account always is."""
    if account.slug == OPERATOR:
        return None
    if account.package_id:
        return Package.objects.filter(id=account.package_id).first()
    return Package.objects.filter(is_default=True).first()


def standings(package: Package | None) -> list[Standing]:
    """What the active account uses, against this package."""
    return [
        Standing(
            reading=one,
            fit=Fit(
                key=one.measure.key, used=one.used, limit=package.limit(one.measure.key) if package else None
            ),
        )
        for one in usage.read()
    ]


def choose(account: Account, package_id: int) -> list[Standing]:
    """Take another package; what no longer fits in it. Raises NotOffered."""
    found = Package.objects.filter(id=package_id, is_offered=True).first()
    if found is None:
        raise NotOffered(NotOffered.__doc__)
    Account.objects.filter(id=account.id).update(package_id=found.id)
    return [one for one in standings(found) if not one.fit.fits]


def room_for(key: str, more: int) -> bool:
    """Whether so many more still fit for the active account."""
    package = package_of(Account.objects.get())
    limit = package.limit(key) if package else None
    measure = usage.named(key)
    return limit is None or measure is None or measure.count() + more <= limit


def need_room(key: str, more: int = 1) -> None:
    """Before something is added. Raises NoRoom. Not for who signs up: nobody is turned away at the door."""
    if not room_for(key, more):
        raise NoRoom(key)
