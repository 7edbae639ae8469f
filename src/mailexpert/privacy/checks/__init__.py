"""Checks of promises that no other room owns. Importing a module registers its checks."""

from mailexpert.privacy.checks import (  # noqa: F401
    accounts,
    database,
    machine,
    mail,
    outgoing,
    served,
    web,
)
