"""A stranger at the browser, who knows of MailExpert only what its pages say."""

import csv
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from mailexpert.tests.stack import Stack
from mailexpert.web.tests.browser import assert_accessible

PASSWORD = "lezen-in-het-gras"
SUBJECT = "{{ contact.first_name | default: 'Lezer' }}, kom je ook?"
PATIENCE = 120_000  # milliseconds, for what takes a while on a busy machine
REPLACED = "htmx:sendAbort", "htmx:afterRequest"
NUMBERS = re.compile(r"\d[\d.]*")


def number(text: str) -> int:
    found = NUMBERS.search(text)
    assert found is not None, f"no number in {text!r}"
    return int(found[0].replace(".", ""))


def _watch(page: Any) -> None:
    """Gather what the browser complains about; that a newer request took an older one's place is no complaint."""
    page.faults = []

    def note(said: Any) -> None:
        if said.type == "error" and not said.text.startswith(REPLACED):
            page.faults.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: page.faults.append(str(error)))


class Stranger:
    def __init__(self, page: Any, stack: Stack) -> None:
        self.page, self._stack = page, stack
        self._email = f"ida.{uuid4().hex[:8]}@hoekje.example"  # new at a second try too
        page.context.on("page", _watch)
        _watch(page)

    def registers_an_organisation(self) -> None:
        self.opens("/")
        self.page.get_by_role("link", name="Aanmelden").first.click()
        self.page.get_by_label("Organisatie", exact=True).first.check()
        self.page.get_by_role("textbox", name="Organisatie").fill("Stichting Ons Hoekje")
        self.page.get_by_label("Je naam").fill("Ida Çelik")
        self.page.get_by_label("E-mailadres").fill(self._email)
        self.page.get_by_role("textbox", name="Wachtwoord").fill(PASSWORD)
        self.page.get_by_role("checkbox").check()
        self.looks_around()
        self.page.get_by_role("button", name="Aanmelden").click()
        self.page.get_by_role("heading", name="Kijk in je mailbox").wait_for()

    def confirms_by_the_mail(self) -> None:
        self.opens("/mailvanger/")
        # The page shows by itself what comes in.
        self.page.get_by_role("row").filter(has_text=self._email).get_by_role("link").click()
        self.looks_around()
        mail = self.page.frame_locator("iframe.me-caught-frame")
        with self.page.context.expect_page() as opened:
            mail.get_by_role("link", name="Mijn adres bevestigen").click()
        self.page = opened.value
        self.page.get_by_role("button", name="Ja, mijn adres bevestigen").click()

    def logs_in(self) -> None:
        self.page.get_by_role("heading", name="Naar je eerste mailing").wait_for()
        self.page.context.clear_cookies()
        self.opens("/inloggen/")
        self.page.get_by_label("E-mailadres").fill(self._email)
        self.page.get_by_role("textbox", name="Wachtwoord").fill(PASSWORD)
        self.looks_around()
        self.page.get_by_role("button", name="Inloggen").click()
        self.page.get_by_role("heading", name="Naar je eerste mailing").wait_for()
        self.looks_around()

    def imports(self, file: Path) -> None:
        self.page.get_by_role("link", name="Contacten toevoegen").click()
        self.page.get_by_role("link", name="Contacten inlezen").click()
        self.page.set_input_files("input[type=file]", file)
        self.looks_around()
        self.page.get_by_role("button", name="Uploaden").click()
        self.page.get_by_label("Naam van de nieuwe lijst").fill("Nieuwsbrief")
        self.page.get_by_label("Ze gaven toestemming").check()
        self.page.get_by_label("Hoe kun je dat laten zien?").fill("Aanmeldformulier op hoekje.example")
        self.page.get_by_label("Ik verklaar").check()
        self.looks_around()
        self.page.get_by_role("button", name="Inlezen").click()
        self.page.get_by_role("heading", name="rijen gelezen").wait_for(timeout=PATIENCE)
        self.looks_around()

    def import_report(self) -> dict[str, int]:
        return self._figures(".me-import-sum")

    def refused_rows(self) -> list[list[str]]:
        """Line and reason of each, from the file that the page offers."""
        with self.page.expect_download() as offered:
            self.page.get_by_role("link", name="Alles downloaden als CSV").click()
        rows = csv.reader(offered.value.path().read_text("utf-8-sig").splitlines(), delimiter=";")
        return [row[:2] for row in rows][1:]

    def writes_a_mailing(self) -> None:
        self.opens("/mailings/")
        self.page.get_by_role("link", name="Schrijf je eerste mailing").click()
        self.looks_around()
        self.page.get_by_role("button", name="Hiermee beginnen").first.click()
        self.page.locator(".me-inbox-subject").wait_for()  # the preview is there, so the page is awake
        self.page.get_by_label("Afzender").fill("Ons Hoekje <nieuws@hoekje.example>")
        self.page.get_by_label("Onderwerp").fill(SUBJECT)
        self.page.get_by_role("button", name="kies een lijst").click()
        self.page.get_by_role("checkbox", name="Nieuwsbrief").first.check()
        self.page.keyboard.press("Escape")
        self._send_button().wait_for(timeout=PATIENCE)  # once it is saved and checked
        self.looks_around()

    def reads_along_with_a_reader(self, name: str) -> str:
        """The heading of the preview, as that reader gets it."""
        self.page.locator("[popovertarget=reader-who]").click()
        self.page.get_by_label("Lees mee met").fill(name)
        self.page.locator("#reader-found").get_by_role("button", name=name).first.click()
        self.page.locator(".me-inbox-subject", has_text=name).wait_for()
        mail = self.page.frame_locator("[data-reader-frames] iframe:not(.is-coming)")
        mail.get_by_text(f"Dag {name}").wait_for()
        return str(self.page.locator(".me-inbox-subject").inner_text())

    def sends_a_test_mail(self) -> str:
        """Its subject, as the catcher has it."""
        self.page.get_by_role("button", name="Proefmail sturen").click()
        said = self.page.locator("#test-said:not(:empty)")
        said.wait_for()
        assert "De proefmail is onderweg" in said.inner_text()
        catcher = self.page.context.new_page()
        catcher.goto(f"{self._stack.base_url}/mailvanger/")
        found = (
            catcher.get_by_role("row")
            .filter(has_text=self._email)
            .filter(has_text="[Proef]")
            .get_by_role("link")
        )
        subject = str(found.inner_text())
        found.click()
        catcher.frame_locator("iframe.me-caught-frame").get_by_text("Lees het hele verhaal").wait_for()
        assert_accessible(catcher)
        catcher.close()
        return subject

    def sends(self) -> None:
        self._send_button().click()
        self.page.get_by_text("Je mailing is onderweg").wait_for()

    def watches_the_progress(self) -> None:
        """The page moves by itself."""
        for _twice in range(2):
            before = self.turns_had()
            moved = f"""() => Number(document.querySelector('.me-progress .me-figure').textContent
                .replaceAll('.', '')) > {before}"""
            self.page.wait_for_function(moved, timeout=PATIENCE)
        self.looks_around()

    def turns_had(self) -> int:
        return number(self.page.locator(".me-progress .me-figure").inner_text())

    def report(self) -> dict[str, int]:
        return self._figures(".me-progress .me-sum")

    def who_unsubscribed(self) -> int:
        return number(
            self.page.locator(".me-figures > div", has_text="Uitgeschreven").locator("dd").inner_text()
        )

    def unsubscribes_by_a_caught_mail(self) -> None:
        """As the reader who got it, by the link in its text."""
        reader = self.page.context.new_page()
        reader.goto(f"{self._stack.base_url}/mailvanger/")
        reader.get_by_role("row").filter(has_text="kom je ook?").get_by_role("link").first.click()
        reader.get_by_role("link", name="Tekst").click()
        with reader.expect_popup() as opened:
            reader.locator("a[href*='/t/u/']").first.click()
        page = opened.value
        page.get_by_role("button", name="Uitschrijven").wait_for()
        assert_accessible(page)
        page.get_by_role("button", name="Uitschrijven").click()
        page.get_by_text("is uitgeschreven. Dat werkt meteen").wait_for()
        assert_accessible(page)
        page.close()
        reader.close()

    def unsubscribes_someone_who_telephones(self) -> None:
        """The contact that was added last, who is the last one to get the mailing."""
        office = self.page.context.new_page()
        office.goto(f"{self._stack.base_url}/contacten/")
        assert_accessible(office)
        office.locator(".me-found tbody a").first.click()
        office.get_by_role("button", name=re.compile("Uitschrijven ?: Nieuwsbrief")).click()
        office.get_by_text(re.compile("uitgeschreven .*met de hand")).wait_for()
        assert_accessible(office)
        office.close()

    def waits_until_it_is_sent(self) -> None:
        self.page.locator(".me-head-title").get_by_text("Verzonden").wait_for(timeout=PATIENCE)
        self.looks_around()

    # What they do everywhere

    def opens(self, path: str) -> None:
        self.page.goto(self._stack.base_url + path)

    def sees(self) -> str:
        complaints = "\n".join(self.page.faults)
        return f"{self.page.url}\n{self.page.locator('body').inner_text()}\n{complaints}"

    def looks_around(self) -> None:
        assert_accessible(self.page)

    def _send_button(self) -> Any:
        return self.page.get_by_role("button", name="Verzenden naar")

    def _figures(self, place: str) -> dict[str, int]:
        rows = self.page.locator(f"{place} > div").all()
        return {
            row.locator("dt").inner_text().strip().lower(): number(row.locator("dd").inner_text())
            for row in rows
        }
