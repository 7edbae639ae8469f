"""What a trial of a relay came to, in a marketer's words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mailexpert.sending.probe import Probe, Result


@dataclass(frozen=True, kw_only=True)
class Tried:
    """`technical` is what the server said, to fold away."""

    works: bool
    title: str
    text: str
    technical: str


def probe_words(probe: Probe) -> Tried:
    title, text = _words(probe.result)
    return Tried(works=probe.result is Result.READY, title=title, text=text, technical=probe.words)


def _words(result: Result) -> tuple[str, str]:
    return {
        Result.READY: (
            _("It works"),
            _("We connected, the server greeted us and took the login. Your mailings can leave through it."),
        ),
        Result.INSIDE: (
            _("This host lies inside a private network"),
            _("Give a mail server that is reachable from outside."),
        ),
        Result.UNKNOWN: (
            _("We can’t find this host"),
            _("Its name has no address. Look whether it is spelled well, then test again."),
        ),
        Result.UNREACHABLE: (
            _("No answer from the server"),
            _("The host exists, but nobody answers at this port. Try another port; your provider names it."),
        ),
        Result.REFUSED: (
            _("The server turns us away"),
            _("It answers, but takes no mail from us. Ask your provider to allow this installation."),
        ),
        Result.TLS: (
            _("The connection can’t be secured"),
            _("Choose the other kind of security, or another port. A password is never sent unsecured."),
        ),
        Result.LOGIN: (
            _("The login is refused"),
            _("The server answers, but user name or password are wrong. Type both once more."),
        ),
    }[result]
