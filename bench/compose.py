"""How long composing takes: µs a message on one core, for a mail of a given size.

.venv/bin/python bench/compose.py [--kb 10] [--fields 4] [--links 10] [--messages 20000] [--json]
"""

import argparse
import datetime as dt
import json
import random
import statistics
import time
from collections.abc import Sequence

from mailexpert.mail import links
from mailexpert.mail.compose import Composer, IssueContent

KEY = b"k" * 32
NOW = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)
FIELDS = (
    ("first_name", "{{ contact.first_name | default: 'lezer' | capitalize }}"),
    ("last_name", "{{ contact.last_name }}"),
    ("city", "{{ contact.city | default: 'je woonplaats' }}"),
    ("birthday", "{{ contact.birthday | date: '%d-%m-%Y' }}"),
)
NAMES = ["Anna", "Bram", "Chloé", "Daan", "Eva", "Fatima", "Gijs", "Hanna", "Ibrahim", "Jan", "Karin", "Zoë"]
PLACES = [
    "Utrecht",
    "Zwolle",
    "Leeuwarden",
    "Groningen",
    "Súdwest-Fryslân",
    "'s-Hertogenbosch",
    "Ede",
    "Goes",
]
LINE = "Onze nieuwe collectie staat voor je klaar, met méér keuze dan ooit en de vertrouwde kwaliteit. "
WINDOW = 250
SHARD = 1_000


def content(kilobytes: float, fields: int, link_count: int) -> IssueContent:
    shown = [output for _name, output in FIELDS[:fields]]
    hrefs = [
        f"https://winkel.example/artikel/{n}?utm_source=mail&amp;utm_campaign=nov" for n in range(link_count)
    ]
    greeting = f"<p>Beste {' '.join(shown)},</p>"
    rows = [f'<p style="color:#222222">{LINE}<a href="{href}">Bekijk</a></p>\n' for href in hrefs]
    text = "\n\n".join(
        [f"Beste {' '.join(shown)},", *(f"{LINE[:60]}\n{h.replace('&amp;', '&')}" for h in hrefs)]
    )
    html = f"<html><body>{greeting}{''.join(rows)}"
    missing = int(kilobytes * 1000) - len(html.encode()) - len(text.encode()) - 600
    html += f"<p>{LINE}</p>\n" * max(0, missing // (len(LINE.encode()) + 8)) + "</body></html>"
    numbered = links.number(html, text)
    return IssueContent(
        issue_id=7,
        account_id=3,
        sender_name="Winkel de Vries",
        sender_address="nieuws@winkel.example",
        reply_to="klanten@winkel.example",
        subject="Hallo {{ contact.first_name | default: 'lezer' }}, het weekaanbod"
        if fields
        else "Het weekaanbod",
        html=numbered.html,
        text=numbered.text,
        targets=numbered.targets,
        list_ids=[4],
        sender_line="Winkel de Vries, Marktstraat 1, Utrecht",
        track_url="https://t.winkel.example",
    )


def people(count: int, columns: Sequence[str]) -> tuple[list[str], list[tuple[str | None, ...]]]:
    chance = random.Random(1)
    emails, rows = [], []
    for n in range(count):
        person = {
            "first_name": chance.choice(NAMES) if chance.random() > 0.05 else None,
            "last_name": f"{chance.choice(NAMES)}sen {n % 3_000}",
            "city": chance.choice(PLACES),
            "birthday": f"19{chance.randrange(40, 99)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
        }
        emails.append(f"persoon.{n}@voorbeeld{n % 50}.example")
        rows.append(tuple(person[name] for name in columns))
    return emails, rows


def run(
    composer: Composer, emails: Sequence[str], rows: Sequence[tuple[str | None, ...]]
) -> tuple[float, int]:
    """Seconds and bytes for everyone, by windows as the engine asks for them."""
    size = 0
    began = time.process_time()
    for start in range(0, len(rows), WINDOW):
        some = rows[start : start + WINDOW]
        ids = range(start + 1, start + 1 + len(some))
        for message in composer.compose(ids, emails[start : start + WINDOW], some, NOW):
            size += len(message.body)
    return time.process_time() - began, size


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--kb", type=float, default=10)
    ask.add_argument("--fields", type=int, default=4)
    ask.add_argument("--links", type=int, default=10)
    ask.add_argument("--messages", type=int, default=20_000)
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    composer = Composer(content(asked.kb, asked.fields, asked.links), KEY)
    emails, rows = people(asked.messages, composer.columns)
    run(composer, emails[:WINDOW], rows[:WINDOW])
    runs = [run(composer, emails, rows) for _ in range(3)]
    found = {
        "us_per_message": round(statistics.median(seconds for seconds, _ in runs) / asked.messages * 1e6, 2),
        "us_best": round(min(seconds for seconds, _ in runs) / asked.messages * 1e6, 2),
        "bytes_per_message": runs[0][1] // asked.messages,
        "fast": composer.is_fast,
    }
    print(json.dumps(found) if asked.json else "  ".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
