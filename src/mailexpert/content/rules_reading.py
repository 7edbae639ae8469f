"""What filters and readers make of the words: shouting, promises, pictures without text, personal data in links."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from mailexpert.content.findings import Finding, fine, warn
from mailexpert.content.problems import gettext_noop
from mailexpert.content.rules import Compiled
from mailexpert.content.values import Draft

# Points for what filters count; five is where they become careful. Our own list, Dutch and English.
SPAM = {
    1.5: (
        r"100\s?% gratis", r"100\s?% free", r"geld terug garantie", r"money back", r"verdien (?:snel )?geld",
        r"make money", r"geen risico", r"risk[- ]free", r"u bent geselecteerd", r"je bent geselecteerd",
        r"you have been selected", r"gefeliciteerd,? (?:je|u) (?:hebt|heeft) gewonnen", r"you (?:are a winner|won)",
        r"viagra", r"casino", r"bitcoin", r"crypto", r"afvallen zonder", r"lose weight",
    ),
    1.0: (
        r"klik (?:nu|hier)", r"click (?:now|here)", r"koop nu", r"buy now", r"bestel nu", r"order now",
        r"laatste kans", r"last chance", r"nu of nooit", r"act now", r"dringend", r"urgent", r"beperkte tijd",
        r"limited time", r"mis het niet", r"don.t miss", r"geachte klant", r"dear (?:customer|friend)",
    ),
    0.5: (r"gratis", r"\bfree\b", r"korting", r"discount", r"winnen", r"\bwin\b", r"bonus", r"€€+", r"\$\$+"),
}  # fmt: skip
LIMIT = 5.0
SHORTENERS = re.compile(
    r"https?://(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd|buff\.ly)/", re.IGNORECASE
)
PERSONAL = re.compile(r"\{\{-?\s*contact\.(\w+)")
FEW_WORDS = 25

SPAM_HIGH = gettext_noop(
    "A spam filter would be careful: %(score)s of the 5 points at which they are. Because of: %(reasons)s."
)
SPAM_FINE = gettext_noop("Spam score %(score)s; filters become careful at 5.")
SHOUTING = gettext_noop("The subject shouts in capitals. Filters and people take that for spam.")
MARKS = gettext_noop("The subject has more than one exclamation mark.")
SHORTENED = gettext_noop("A link is shortened. Filters don’t trust links that hide where they lead.")
PICTURE_ONLY = gettext_noop("The mail is nearly all picture: who has pictures off reads %(count)s words.")
PERSONAL_LINK = gettext_noop(
    "A link holds “%(name)s” of your reader, so it can be seen in logs of others. Clicks on it aren’t counted."
)
TEXT_FINE = gettext_noop("The text part holds every link of the mail.")
TEXT_LINKS = gettext_noop("The text part lacks %(count)s links of the mail.")


def examine(tree: LexborHTMLParser, draft: Draft, compiled: Compiled) -> Iterator[Finding]:
    yield from _spam(draft, compiled.text)
    yield from _pictures(tree, compiled.text)
    yield from _links(tree, compiled.text)


def _spam(draft: Draft, text: str) -> Iterator[Finding]:
    score, reasons = 0.0, []
    everything = f"{draft.subject} {draft.preheader} {text}"
    for points, patterns in SPAM.items():
        for pattern in patterns:
            found = re.search(pattern, everything, re.IGNORECASE)
            if found:
                score += points
                reasons.append(f"“{found[0].strip()}”")
    letters = [letter for letter in draft.subject if letter.isalpha()]
    if len(letters) > 8 and sum(letter.isupper() for letter in letters) > 0.7 * len(letters):
        score += 1.5
        yield warn("subject_capitals", SHOUTING, "subject")
    if draft.subject.count("!") > 1:
        score += 0.5
        yield warn("subject_marks", MARKS, "subject")
    if SHORTENERS.search(text):
        score += 1.5
        yield warn("link_short", SHORTENED)
    said = round(score, 1)
    if score >= LIMIT:
        yield warn("spam", SPAM_HIGH, score=said, reasons=", ".join(reasons[:6]))
    else:
        yield fine("spam", SPAM_FINE, score=said)


def _pictures(tree: LexborHTMLParser, text: str) -> Iterator[Finding]:
    pictures = [
        image for image in tree.css("img") if (image.attributes.get("width") or "100") not in ("1", "0")
    ]
    article = tree.css_first("[role=article]")
    words = len(re.findall(r"\w{2,}", article.text(separator=" ") if article else text))
    if pictures and words < FEW_WORDS:
        yield warn("picture_only", PICTURE_ONLY, count=words)


def _links(tree: LexborHTMLParser, text: str) -> Iterator[Finding]:
    targets = {(anchor.attributes.get("href") or "").strip() for anchor in tree.css("a[href]")}
    for target in sorted(targets):
        personal = PERSONAL.search(target)
        if personal and not re.search("unsubscribe|preferences", target):
            yield warn("link_personal", PERSONAL_LINK, name=personal[1])
    web = {target for target in targets if target.startswith(("http://", "https://"))}
    lacking = [target for target in web if target not in text and target.rstrip("/") not in text]
    if lacking:
        yield warn("text_links", TEXT_LINKS, count=len(lacking))
    elif web:
        yield fine("text_part", TEXT_FINE)
