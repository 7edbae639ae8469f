"""Which kind of field the values of a column look like."""

import pytest

from mailexpert.contacts.rules_kinds import choices_in, choices_of, suggested


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([], "text"),
        (["", " "], "text"),
        (["Ede", "Uddel", "Apeldoorn"], "text"),
        (["12", "1.234,50", "-3"], "number"),
        (["12", "veel"], "text"),
        (["12"] * 9 + ["veel"], "number"),
        (["ja", "nee"] * 5 + ["misschien"], "boolean"),
        (["0612345678", "0301234567"], "text"),
        (["8712345678901", "8712345678902"], "text"),
        (["2026-05-01", "1-5-2026"], "date"),
        (["20260501", "20260502"], "number"),
        (["2026-05-01", "binnenkort"], "text"),
        (["ja", "nee", "ja"], "boolean"),
        (["1", "0", "1"], "boolean"),
        (["1", "1", "1"], "number"),
        (["goud", "Goud", "zilver", "goud", "zilver", "zilver"], "choice"),
        (["goud", "zilver", "goud"], "text"),
        (["goud"] * 9, "text"),
        ([str(n % 9) + "x" for n in range(50)], "text"),
    ],
)
def test_a_kind_is_suggested_that_nearly_every_value_fits(cells: list[str], kind: str) -> None:
    assert suggested(cells) == kind


def test_choices_are_the_different_values_as_first_written() -> None:
    assert choices_of(["Goud", " goud ", "", "Zilver, brons"]) == ["Goud", "Zilver brons"]
    assert choices_in("goud, zilver;Goud\nbrons,,") == ["goud", "zilver", "brons"]
