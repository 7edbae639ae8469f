"""People's devices and machines apart, by the user agent. It is looked at and forgotten, never stored."""

import re
from functools import lru_cache

# Security scanners and mail providers fetch links and pictures before or instead of the reader.
SCANNERS = (
    "barracuda", "bitdefender", "checkpoint", "cloudmark", "cyren", "fireeye", "forcepoint", "fortinet",
    "ironport", "mailguard", "mailscanner", "mimecast", "proofpoint", "safelinks", "safesearch",
    "securityscan", "sophos", "symantec", "trellix", "trendmicro", "virustotal", "vadesecure", "zscaler",
)  # fmt: skip
PROXIES = (
    "googleimageproxy", "yahoomailproxy", "ymailproxy", "mailruimageproxy", "yandeximageproxy",
    "appengine-google",
)  # fmt: skip
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
MACHINE = re.compile("|".join(SCANNERS + PROXIES + PREVIEWS + PROGRAMS), re.IGNORECASE)
LONGEST_AGENT = 512

# Apple's Mail Privacy Protection fetches every picture by proxy and says no more than this.
APPLE_PROXY = "Mozilla/5.0"


@lru_cache(maxsize=4096)
def is_machine(agent: str) -> bool:
    """Whether a program rather than a person asked; no user agent at all is a program too."""
    agent = agent[:LONGEST_AGENT].strip()
    return not agent or agent == APPLE_PROXY or MACHINE.search(agent) is not None
