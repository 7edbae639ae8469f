"""What the sample says, and to whom."""

from collections.abc import Iterator

ORGANISATION = "Stichting Voedselbank Lindewoud"
ADDRESS = "Molenpad 12\n1234 AB Lindewoud"
SENDER = "Voedselbank Lindewoud <hallo@lindewoud.example>"
LIST = "Nieuwsbrief"
MAILING = "Kerstpakketten"
SUBJECT = "228 kerstpakketten staan klaar, help je mee?"
PREHEADER = "Voor nog 412 gezinnen zoeken we mensen die een pakket willen vullen."
PEOPLE = 250

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
    "Fenna",
    "Geërt",
    "Hanneke",
    "İlkay",
    "Joost",
    "Käthe",
    "Luuk",
    "Mees",
    "Noor",
    "Olaf",
]
LAST = [
    "de Vries",
    "Jansen",
    "van den Berg",
    "Bakker",
    "Yılmaz",
    "Visser",
    "Smit",
    "Meijer",
    "de Boer",
    "Mulder",
    "El Amrani",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "van Dijk",
    "Dekker",
    "Brouwer",
    "de Wit",
    "Dijkstra",
]


def people() -> Iterator[tuple[str, str, str]]:
    """Address, first name and last name; the addresses lie in a domain that nobody can ever have."""
    for number in range(PEOPLE):
        yield f"lezer{number + 1}@voorbeeld.example", FIRST[number % len(FIRST)], LAST[number % len(LAST)]
