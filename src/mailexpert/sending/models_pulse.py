"""The ledger added up by the minute, so that a report reads thousands of rows where the ledger has millions."""

from typing import ClassVar

from django.db import models

from mailexpert.core.models import AccountManager, Walled


class Pulse(Walled):
    """So many equal outcomes of an issue within a minute."""

    hot = True

    pk = models.CompositePrimaryKey("account_id", "issue_id", "at", "outcome", "code")
    issue_id = models.BigIntegerField()
    at = models.DateTimeField()
    outcome = models.SmallIntegerField()
    code = models.SmallIntegerField()
    n = models.IntegerField()

    objects: ClassVar[AccountManager["Pulse"]] = AccountManager()

    class Meta(Walled.Meta):
        pass


class DomainCount(Walled):
    """So many of an issue's mails that a domain took or refused; the small ones together, without a name."""

    hot = True

    pk = models.CompositePrimaryKey("account_id", "issue_id", "domain")
    issue_id = models.BigIntegerField()
    domain = models.TextField()
    sent = models.IntegerField()
    failed = models.IntegerField()

    objects: ClassVar[AccountManager["DomainCount"]] = AccountManager()

    class Meta(Walled.Meta):
        pass


class PulseTaken(Walled):
    """Until when an issue's ledger was added up."""

    hot = True

    pk = models.CompositePrimaryKey("account_id", "issue_id")
    issue_id = models.BigIntegerField()
    upto = models.DateTimeField()

    objects: ClassVar[AccountManager["PulseTaken"]] = AccountManager()

    class Meta(Walled.Meta):
        pass
