"""Exports of two advertisers, in two languages, good rows and bad ones."""

from datetime import date

import pytest

from mailexpert.tracking.rules_cost import NoExport, money, read

GOOGLE_NL = """Zoekwoordrapport
"1 november 2026 - 2 november 2026"
Dag,Campagne,Zoekwoord,Klikken,Kosten,Valutacode
2026-11-01,Nieuwsbrief,"[mailing versturen]","1.204","1.234,56",EUR
2026-11-01,Nieuwsbrief,mailing versturen,6,"0,44",EUR
2026-11-02,Nieuwsbrief,e-mail,x,"1,00",EUR
Totaal,,,9,"1.235,00",EUR
"""
MICROSOFT_EN = "\ufeffGregorian date;Campaign;Keyword;Clicks;Spend\n11/25/2026;Goed doel;avg mail;12;30.5\n"


def test_a_dutch_export_of_google_is_read() -> None:
    good, refused = read(GOOGLE_NL)
    assert [(row.day, row.campaign, row.keyword, row.clicks, row.cents) for row in good] == [
        (date(2026, 11, 1), "Nieuwsbrief", "mailing versturen", 1210, 123500)
    ]
    assert [(one.line, one.why) for one in refused] == [(6, "clicks")]


def test_an_english_export_of_microsoft_is_read() -> None:
    good, refused = read(MICROSOFT_EN)
    assert [(row.day, row.keyword, row.clicks, row.cents) for row in good] == [
        (date(2026, 11, 25), "avg mail", 12, 3050)
    ]
    assert refused == []


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("€ 12,5", 1250),
        ("12", 1200),
        ("1.234", 123400),
        ("-3", None),
        ("", None),
    ],
)
def test_amounts_in_two_notations(text: str, cents: int | None) -> None:
    assert money(text) == cents


@pytest.mark.parametrize("text", ["", "a,b\n1,2", "\x00\x01", "Dag,Campagne\n2026-11-01,X"])
def test_what_is_no_export_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(NoExport):
        read(text)
