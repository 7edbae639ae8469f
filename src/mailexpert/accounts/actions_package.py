"""Choosing a package. A change counts at once; down keeps what is there and stops what comes on top."""

from dataclasses import dataclass

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


def package_of(account: Account) -> Package | None:
    """The account's own, else the default one; None is unlimited."""
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
    if limit is None:
        return True
    used = next((one.used for one in usage.read() if one.measure.key == key), 0)
    return used + more <= limit
