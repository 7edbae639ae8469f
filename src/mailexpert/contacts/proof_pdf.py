"""The proof of one person as a PDF: the same pack as the page and the JSON, for a file or a letter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailexpert.core.paper import LINE, Paper, begin


def render(pack: Mapping[str, Any]) -> bytes:
    with begin(_("Proof")) as paper:
        _write(paper, pack)
        return bytes(paper.output())


def _write(paper: Paper, pack: Mapping[str, Any]) -> None:
    who, sender = pack["person"], pack["sender"]
    paper.write_in("strong", 18, _("Proof"))
    paper.write_in("sans", 10, f"{who['email']}, {_moment(pack['made_at'])}")
    paper.heading(_("Who mails whom"))
    _pair(paper, _("Sender"), ", ".join(filter(None, (sender["name"], sender["postal_address"]))))
    if sender["chamber_of_commerce"]:
        _pair(paper, _("Chamber of Commerce number"), sender["chamber_of_commerce"])
    _pair(paper, _("Person"), " ".join(filter(None, (who["name"], who["email"]))))
    if who["former_addresses"]:
        _pair(paper, _("Addresses of before"), ", ".join(who["former_addresses"]))
    paper.heading(_("What was agreed to, in order"))
    for line in pack["ledger"]:
        _line(paper, line)
    if not pack["ledger"]:
        paper.write_in("sans", 10, _("Nothing was recorded for this person yet."))


def _pair(paper: Paper, name: str, value: str) -> None:
    paper.write_in("strong", 10, name)
    paper.write_in("sans", 10, value)


def _line(paper: Paper, line: Mapping[str, Any]) -> None:
    on = ", ".join(filter(None, (line["act_words"], line["list"])))
    paper.write_in("mono", 9, _moment(line["at"]))
    paper.write_in("strong", 10, f"{on} ({line['ground_words']})" if line["ground"] else on)
    if line["words"]:
        paper.write_in("sans", 10, line["words"])
    if line["shown"]:
        paper.write_in("sans", 9, line["shown"])
    if line["link"]:
        sealed = _("Sealed by link %(n)s of the chain") % {"n": line["link"]}
        paper.write_in("mono", 8, f"{sealed} {line['link_hash']}")
    else:
        paper.write_in("sans", 8, _("Not sealed yet; that takes a minute or two."))
    paper.ln(LINE / 2)


def _moment(value: datetime) -> str:
    return date_format(timezone.localtime(value), "j F Y, H:i:s")
