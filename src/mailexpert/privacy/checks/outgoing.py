"""Where data may go (A23): the guard at outgoing connections, and a declared company behind each host."""

import socket

from django.utils.translation import gettext_noop as _

from mailexpert.base import outgoing
from mailexpert.core.promises import Ground, Outcome, broken, check, kept
from mailexpert.privacy.queries import subprocessors

PORT = 443
SECONDS = 2.0


@check("A23", "hosts")
def an_undeclared_host_is_refused(ground: Ground) -> Outcome:
    if not outgoing.is_watching():
        return broken(_("nothing watches outgoing connections in this process"))
    try:
        socket.create_connection((outgoing.PROBE, PORT), timeout=SECONDS).close()
    except outgoing.Undeclared:
        named = [host.name for host in outgoing.declared(ground.env)]
        return kept(
            _("a connection to an undeclared host was refused; declared: %(hosts)s"),
            hosts=", ".join(named) or "-",
        )
    except OSError:
        pass
    return broken(_("a connection to an undeclared host was not refused"))


@check("A23", "subprocessors")
def a_company_stands_behind_each_host(ground: Ground) -> Outcome:
    companies = subprocessors()
    covered = {host for company in companies for host in company.hosts}
    own = {"own pages", "own tracking address"}
    alone = [
        one.name
        for one in outgoing.declared(ground.env)
        if one.purpose not in own and one.name not in covered
    ]
    if alone:
        return broken(_("no declared company stands behind %(hosts)s"), hosts=", ".join(alone))
    return kept(_("declared companies that handle data for us: %(count)s"), count=len(companies))
