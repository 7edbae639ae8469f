"""The whole job, as a stranger does it at the browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailexpert.tests.people import REFUSED, as_csv, people
from mailexpert.tests.stack import Stack
from mailexpert.tests.stranger import PATIENCE, Stranger

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNT = 10_000


@pytest.fixture
def stranger(chromium: Any, stack: Stack) -> Iterator[Stranger]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield Stranger(context.new_page(), stack)
    context.close()


def test_from_registering_to_the_report_of_a_mailing_to_ten_thousand(
    stranger: Stranger, stack: Stack, tmp_path: Path
) -> None:
    file = tmp_path / "lezers.csv"
    file.write_bytes(as_csv(people(COUNT), refused=REFUSED))
    stranger.registers_an_organisation()
    stranger.confirms_by_the_mail()
    stranger.logs_in()

    stranger.imports(file)
    done = stranger.import_report()
    assert (done["toegevoegd"], done["geweigerd"]) == (COUNT, len(REFUSED))
    refused = stranger.refused_rows()
    assert [line for line, _why in refused] == [str(COUNT + 2 + n) for n in range(len(REFUSED))]
    assert all("e-mailadres" in why for _line, why in refused)

    stranger.writes_a_mailing()
    assert stranger.reads_along_with_a_reader("Françoise") == "Françoise, kom je ook?"
    assert stranger.sends_a_test_mail().startswith("[Proef]")

    with stack.slowed("catcher"):
        stranger.sends()
        stranger.watches_the_progress()
        stranger.unsubscribes_by_a_caught_mail()
        stranger.unsubscribes_someone_who_telephones()
        assert stranger.turns_had() < COUNT, "it was over before anyone could unsubscribe"
    stranger.waits_until_it_is_sent()
    assert stranger.report() == {
        "gepland": COUNT, "verzonden": COUNT - 1, "overgeslagen": 1, "mislukt": 0, "uitgesteld": 0, "in twijfel": 0,
    }  # fmt: skip
    assert stranger.who_unsubscribed() == 1
