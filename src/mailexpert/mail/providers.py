"""Who receives mail for a domain, and what is known of how each wants to be treated.

Grouped by MX, not by domain: a thousand firms may lie at one provider, and that is who counts our mail. What a
provider's replies mean is data here, in our own words, because it changes more often than code does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_KEY = 60
PER_CONNECTION = 100  # messages, where nobody says otherwise
HOUR = 3_600.0


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A reply that asks for more than a retry: after it nothing goes there for `seconds`."""

    words: re.Pattern[bytes]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Provider:
    """`domains` are its own, known without DNS; `mx` are the ends of its mail servers' names. `connections` and
    `per_connection` are what it takes from one sender that delivers straight to it."""

    key: str
    name: str
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    connections: int = 10
    per_connection: int = PER_CONNECTION
    rests: tuple[Rest, ...] = ()


def _words(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.IGNORECASE)


def _in(endings: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{name}.{ending}" for name in names for ending in endings.split())


# A deferral in these words, from whoever: it won't be over within the hour.
RESTS = (
    Rest(words=_words(rb"temporarily deferred"), seconds=1.5 * HOUR),
    Rest(words=_words(rb"unusual (?:rate|amount|volume)"), seconds=0.5 * HOUR),
)

KNOWN = (
    Provider(
        key="google",
        name="Gmail",
        domains=("gmail.com", "googlemail.com"),
        mx=("google.com", "googlemail.com"),
        connections=5,
        per_connection=50,
        rests=(Rest(words=_words(rb"[45]\.7\.28"), seconds=HOUR),),
    ),
    Provider(
        key="outlook",
        name="Outlook.com",
        domains=(
            *_in("com nl be de fr it es at dk se co.uk", "hotmail", "live"),
            *_in("com nl be de fr es", "outlook"),
            "msn.com", "passport.com", "windowslive.com",
        ),
        mx=("olc.protection.outlook.com",),
        connections=5,
        per_connection=50,
        rests=(Rest(words=_words(rb"\bRP-00[123]\b|4\.7\.65\d"), seconds=HOUR),),
    ),
    Provider(
        key="microsoft365",
        name="Microsoft 365",
        mx=("mail.protection.outlook.com", "mx.microsoft"),
        connections=5,
        per_connection=50,
        rests=(Rest(words=_words(rb"4\.7\.[58]00"), seconds=0.5 * HOUR),),
    ),
    Provider(
        key="yahoo",
        name="Yahoo",
        domains=(
            *_in("com nl be de fr it es co.uk", "yahoo"),
            "ymail.com", "rocketmail.com", "aol.com", "aol.nl", "aol.de",
        ),
        mx=("yahoodns.net",),
        per_connection=20,
        rests=(Rest(words=_words(rb"\[TS0[1-4]\]"), seconds=2 * HOUR),),
    ),
    Provider(
        key="icloud",
        name="iCloud",
        domains=("icloud.com", "me.com", "mac.com"),
        mx=("icloud.com", "mail.icloud.com"),
    ),
    Provider(
        key="ziggo",
        name="Ziggo",
        domains=(
            "ziggo.nl", "home.nl", "upcmail.nl", "casema.nl", "chello.nl", "quicknet.nl", "hahah.nl",
            "multiweb.nl", "zinders.nl", "razcall.nl", "razcall.com",
        ),
        mx=("ziggo.nl", "upcmail.net", "chello.nl"),
    ),
    Provider(
        key="kpn",
        name="KPN",
        domains=(
            "kpnmail.nl", "kpnplanet.nl", "planet.nl", "hetnet.nl", "xs4all.nl", "telfort.nl", "telfortglasvezel.nl",
            "kpn.com", "kpnmail.com", "surfmail.nl", "12move.nl", "freeler.nl",
        ),
        mx=("kpnmail.nl", "kpn.com", "kpn.net", "xs4all.nl", "xs4all.net"),
    ),
    Provider(key="delta", name="Delta", domains=("zeelandnet.nl",), mx=("zeelandnet.nl", "delta.nl")),
    Provider(
        key="caiway", name="Caiway", domains=("caiway.nl", "caiway.net", "kabelfoon.nl"), mx=("caiway.net",)
    ),
    Provider(key="solcon", name="Solcon", domains=("solcon.nl",), mx=("solcon.nl",)),
    Provider(key="telenet", name="Telenet", domains=("telenet.be", "pandora.be"), mx=("telenet.be", "telenet-ops.be")),
    Provider(
        key="proximus", name="Proximus", domains=("skynet.be", "proximus.be", "belgacom.net"), mx=("belgacom.be",)
    ),
    Provider(
        key="unitedinternet",
        name="GMX & WEB.DE",
        domains=("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "mail.com"),
        mx=("gmx.net", "web.de", "mail.com"),
    ),
    Provider(
        key="tonline", name="Telekom", domains=("t-online.de", "magenta.de"), mx=("t-online.de",)
    ),
    Provider(key="orange", name="Orange", domains=("orange.fr", "wanadoo.fr"), mx=("orange.fr", "wanadoo.fr")),
    Provider(key="free", name="Free", domains=("free.fr",), mx=("free.fr",)),
    Provider(
        key="proton",
        name="Proton",
        domains=("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        mx=("protonmail.ch",),
    ),
    Provider(key="transip", name="TransIP", mx=("transip.email", "transip.nl")),
    Provider(key="strato", name="Strato", mx=("rzone.de", "strato.de")),
    Provider(key="ionos", name="IONOS", mx=("kundenserver.de", "ionos.com", "ui-dns.com")),
    Provider(key="onecom", name="one.com", mx=("one.com",)),
    Provider(key="ovh", name="OVH", mx=("ovh.net",)),
)  # fmt: skip

BY_KEY = {provider.key: provider for provider in KNOWN}
BY_DOMAIN = {domain: provider.key for provider in KNOWN for domain in provider.domains}
BY_MX = {end: provider.key for provider in KNOWN for end in provider.mx}
# Where names are given out one level deeper; good enough to tell two providers apart.
SECOND_LEVELS = frozenset(("co", "com", "net", "org", "ac", "gov", "edu", "or", "ne"))


def of_mx(hosts: Sequence[str]) -> str:
    """The group that a domain with these mail servers, best first, belongs to: a provider that is known, else the
    name that the first server lies under. Nothing for a domain that takes no mail."""
    names = [host.rstrip(".").lower() for host in hosts]
    names = [name for name in names if name]
    for name in names:
        labels = name.split(".")
        for start in range(len(labels)):
            key = BY_MX.get(".".join(labels[start:]))
            if key is not None:
                return key
    return _under(names[0]) if names else ""


def _under(name: str) -> str:
    labels = name.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    return ".".join(labels[-3 if deep else -2 :])[-LONGEST_KEY:]


def name_of(key: str) -> str:
    """What people call it."""
    known = BY_KEY.get(key)
    return known.name if known else key


def rest_after(key: str, text: bytes) -> float:
    """Seconds in which nothing should go to a provider that deferred in these words; 0 when a retry will do."""
    known = BY_KEY.get(key)
    rests = (*known.rests, *RESTS) if known else RESTS
    return max((rest.seconds for rest in rests if rest.words.search(text)), default=0.0)
