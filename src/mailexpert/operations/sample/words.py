"""What the sample says, and to whom."""

from collections.abc import Iterator
from dataclasses import dataclass

ORGANISATION = "Stichting Voedselbank Lindewoud"
ADDRESS = "Molenpad 12\n1234 AB Lindewoud"
SENDER = "Voedselbank Lindewoud <hallo@lindewoud.example>"
LIST = "Nieuwsbrief"
MAILING = "Kerstpakketten"
SUBJECT = "228 kerstpakketten staan klaar, help je mee?"
PREHEADER = "Voor nog 412 gezinnen zoeken we mensen die een pakket willen vullen."
PEOPLE = 1_000
EVIDENCE = "Verzonnen, zoals de mensen zelf: aangemeld met het formulier op lindewoud.example."

# The starter's own words, and what the sample says in their place.
INSTEAD = {
    "De naam van je organisatie</mj-text>": "Voedselbank Lindewoud</mj-text>",
    "Eén kop die zegt waar het om gaat": "228 kerstpakketten staan klaar",
    "Begin met het nieuws: wat is er gebeurd, en wat heeft je lezer eraan? Twee of drie zinnen zijn genoeg. "
    "Wie meer wil weten, vindt de rest achter de knop.": "Dit jaar vragen 640 gezinnen in Lindewoud om een "
    "kerstpakket. Er staan er 228 klaar. Voor de andere 412 zoeken we mensen die er een willen vullen.",
    "Schrijf zoals je praat. Korte zinnen lezen het makkelijkst, zeker op een telefoon.": "Een pakket vullen "
    "kost zo'n twintig euro en een halfuur. Op de pagina staat precies wat erin kan.",
    "https://www.voorbeeld.nl/het-hele-verhaal": "https://lindewoud.example/kerstpakketten",
    "Lees het hele verhaal": "Ik vul een pakket",
    "Een kort bericht": "Inpakken op 12 december",
    "Iets om te weten, in een paar zinnen.": "Van tien tot vier in het dorpshuis. Koffie staat klaar.",
    "https://www.voorbeeld.nl/eerste-bericht": "https://lindewoud.example/inpakken",
    "Lees meer over het eerste bericht": "Meld je aan om in te pakken",
    "En nog een": "Dank aan bakkerij Okkes",
    "Een datum, een oproep, een bedankje.": "Elke zaterdag tachtig broden, al drie jaar lang.",
    "https://www.voorbeeld.nl/tweede-bericht": "https://lindewoud.example/bakkerij",
    "Lees meer over het tweede bericht": "Lees hoe dat zo kwam",
    "Hartelijke groet,<br />Je naam": "Hartelijke groet,<br />Fenna Wiersma",
}

FIRST = [
    "Anna",
    "Bas",
    "Çelik",
    "Daan",
    "Eva",
    "Fatima",
    "Geërt",
    "Hanneke",
    "İlkay",
    "Joost",
    "Käthe",
    "Zoë",
]
LAST = [
    "de Vries",
    "Jansen",
    "van den Berg",
    "Bakker",
    "Yılmaz",
    "Visser",
    "El Amrani",
    "Ögretmen",
    "Dijkstra",
]
PLACES = ["Lindewoud", "Utrecht", "Groningen", "Zwolle", "Súdwest-Fryslân", "Deventer", "Gouda", "Breda"]


@dataclass(frozen=True, kw_only=True)
class Person:
    email: str
    first_name: str
    last_name: str
    place: str


def people() -> Iterator[Person]:
    """Their addresses lie in a domain that nobody can ever have."""
    for number in range(PEOPLE):
        yield Person(
            email=f"lezer{number + 1}@postvak.example",
            first_name=FIRST[number % len(FIRST)],
            last_name=LAST[number % len(LAST)],
            place=PLACES[number % len(PLACES)],
        )
