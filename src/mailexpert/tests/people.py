"""People as they come from real files: with accents, other scripts, quotes and signs that mean something."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

FIRST = (
    "Zoë", "Jan", "Çağla", "Søren", "Łukasz", "Françoise", "O'Brien", "محمد", "明", "Ελένη", "Anne-Marie", "",
    "Jo <b>", "Tom & Bo", "{{ 7 }}", "100%s %b", "=2E", ".punt",
)  # fmt: skip
LAST = (
    '"de Lange"',
    "van der Berg",
    "Müller; Zn.",
    "Ó Súilleabháin",
    "İlkay",
    "d’Artagnan",
    "Null",
    "García\\López",
)
TOWNS = (
    "'s-Gravenhage",
    "Súdwest-Fryslân",
    "Den Bosch, Vught",
    "Zürich",
    "København",
    "Lindewoud",
    "Θεσσαλονίκη",
)
DOMAINS = {
    "lezers.example": "lezers.example",
    "bücher.example": "xn--bcher-kva.example",
    "Post.Example": "post.example",
    "ελλάδα.example": "xn--hxakic4aa.example",
}
REFUSED = (
    "geen adres",
    "twee@@apen.example",
    "spatie in@adres.example",
    "zonder@",
    "",
    "a" * 70 + "@lang.example",
)
COLUMNS = "e-mail", "voornaam", "achternaam", "woonplaats"


@dataclass(frozen=True, kw_only=True)
class Person:
    typed: str
    email: str
    first_name: str
    last_name: str
    town: str

    @property
    def row(self) -> tuple[str, ...]:
        return self.typed, self.first_name, self.last_name, self.town


def people(count: int) -> list[Person]:
    domains = list(DOMAINS.items())
    made = []
    for number in range(count):
        typed, real = domains[number % len(domains)]
        made.append(
            Person(
                typed=f"Lezer.{number}@{typed}",
                email=f"Lezer.{number}@{real}",
                first_name=FIRST[number % len(FIRST)],
                last_name=LAST[number % len(LAST)],
                town=TOWNS[number % len(TOWNS)],
            )
        )
    return made


def as_csv(some: Iterable[Person], *, refused: Iterable[str] = (), delimiter: str = ";") -> bytes:
    """As a spreadsheet writes it; the rows that no importer may take stand last."""
    file = io.StringIO()
    rows = csv.writer(file, delimiter=delimiter)
    rows.writerow(COLUMNS)
    rows.writerows(person.row for person in some)
    rows.writerows((address, "Piet", "Fout", "Nergens") for address in refused)
    return file.getvalue().encode()
