"""People's devices and machines apart, by the user agent. It is looked at and forgotten, never stored."""

import re
from functools import lru_cache
from typing import NamedTuple

from mailexpert.intake.hits import Device, Rule

# Security scanners and mail providers fetch links and pictures before or instead of the reader.
SCANNERS = (
    "barracuda", "bitdefender", "checkpoint", "cloudmark", "cyren", "fireeye", "forcepoint", "fortinet",
    "ironport", "mailguard", "mailscanner", "mimecast", "proofpoint", "safelinks", "safesearch",
    "securityscan", "sophos", "symantec", "trellix", "trendmicro", "virustotal", "vadesecure", "zscaler",
)  # fmt: skip
GMAIL = ("googleimageproxy", "ggpht.com")
YAHOO = ("yahoomailproxy", "ymailproxy")
PROXIES = ("mailruimageproxy", "yandeximageproxy", "appengine-google", "imageproxy", "image proxy")
PREVIEWS = (
    "facebookexternalhit", "whatsapp", "skypeuripreview", "bingpreview", "embedly", "iframely",
    "flipboardproxy", "google-safety", "googleother", "google-read-aloud", "mattermost", "slack-imgproxy",
    "vkshare",
)  # fmt: skip
# The look-behind: Cubot makes telephones.
PROGRAMS = (
    r"(?<!cu)bot\b", "crawl", "spider", "scanner", "monitor", "uptime", "headless", "lighthouse",
    "phantomjs", "selenium", "puppeteer", "playwright", "curl/", "wget", "python", "aiohttp", "httpx",
    "go-http-client", "java/", "libwww", "lwp", "okhttp", "apache-httpclient", "axios", "node-fetch",
    "undici", "ruby", "php/", "guzzle", "scrapy", "restsharp", "winhttp", "powershell", "postman", "insomnia",
    "wrk", "apachebench",
)  # fmt: skip
SIGNS = tuple(
    (re.compile("|".join(words), re.IGNORECASE), rule)
    for words, rule in (
        (GMAIL, Rule.GMAIL), (YAHOO, Rule.YAHOO), (PROXIES, Rule.PROXY), (SCANNERS, Rule.SCANNER),
        (PREVIEWS, Rule.PREVIEW), (PROGRAMS, Rule.PROGRAM),
    )
)  # fmt: skip
LONGEST_AGENT = 512

# Apple's Mail Privacy Protection fetches every picture by proxy and says no more than this.
APPLE_PROXY = "Mozilla/5.0"
DEVICES = (
    (re.compile(r"iPad|Tablet|Kindle|Silk/|Android(?!.*Mobile)"), Device.TABLET),
    (re.compile(r"iPhone|iPod|Mobile|Android|Windows Phone"), Device.PHONE),
    (re.compile(r"Windows NT|Macintosh|X11|CrOS|Linux"), Device.DESKTOP),
)


class Seen(NamedTuple):
    """`rule` is 0 for a person's device; of a machine the device says nothing."""

    device: int
    rule: int


@lru_cache(maxsize=4096)
def look(agent: str) -> Seen:
    """Who asks; no user agent at all is a program."""
    agent = agent[:LONGEST_AGENT].strip()
    if agent == APPLE_PROXY:
        return Seen(Device.UNKNOWN, Rule.APPLE)
    if not agent:
        return Seen(Device.UNKNOWN, Rule.PROGRAM)
    for sign, rule in SIGNS:
        if sign.search(agent):
            return Seen(Device.UNKNOWN, rule)
    return Seen(next((device for sign, device in DEVICES if sign.search(agent)), Device.UNKNOWN), Rule.PERSON)


def is_machine(agent: str) -> bool:
    """Whether a program rather than a person asked."""
    return look(agent).rule != Rule.PERSON
