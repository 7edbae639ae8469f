"""Why something from an address wasn't taken, in the words of whoever gave the address."""

from django.utils.translation import gettext as _

from mailexpert.base import antivirus
from mailexpert.base.webpage import NotFetched


def not_fetched(problem: NotFetched, url: str) -> str:
    match problem.why:
        case "private":
            return _("%(url)s lies inside a private network, where we don’t look.") % {"url": url}
        case "unknown":
            return _("%(url)s is not known on the internet. Is there a typing mistake in it?") % {"url": url}
        case "certificate":
            return _("The certificate of %(url)s isn’t right, so we don’t read it.") % {"url": url}
        case "status":
            return _("%(url)s answers %(status)s: there is nothing to read.") % {
                "url": url,
                "status": problem.status,
            }
        case "large":
            return _("%(url)s is larger than is taken.") % {"url": url}
        case "address":
            return _("%(url)s is no web address. It looks like https://www.example.org.") % {"url": url}
    return _("%(url)s gives no answer in time. Try again in a moment, or fill it in by hand.") % {"url": url}


def not_scanned(problem: Exception) -> str:
    """Why a file isn't taken, by what the virus scanner said."""
    match problem:
        case antivirus.Infected():
            return _("Not stored: the virus scanner found %(name)s in this file.") % {"name": problem}
        case antivirus.TooLargeToScan():
            return _("Not stored: the file is larger than the virus scanner looks through.")
        case antivirus.ScannerMissing():
            return _("Not stored: there is no virus scanner here, so no file is taken.")
    return _("Not stored: the virus scanner doesn’t answer, so no file is taken. Try again in a moment.")
