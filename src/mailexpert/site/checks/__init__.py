"""Checks of what the operator promises its own customers and visitors. Importing a module registers its checks."""

from mailexpert.site.checks import customers, policy, public, staff, visits  # noqa: F401
