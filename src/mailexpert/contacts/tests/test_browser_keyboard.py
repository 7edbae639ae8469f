"""What a marketer and a reader do with contacts, by keyboard alone, with axe on every page."""

import re
from pathlib import Path

import pytest
from django.core import mail

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions
from mailexpert.contacts.models import (
    Contact,
    Field,
    Import,
    Membership,
    NewAddress,
    Preference,
    Segment,
    SignupForm,
)
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.jobs import run_waiting
from mailexpert.core.scope import account
from mailexpert.mail import links
from mailexpert.privacy.models import Case
from mailexpert.sending.models import Issue
from mailexpert.web.tests.browser import PageAs, assert_accessible
from mailexpert.web.tests.keyboard import Keys

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_file_is_tried_brought_in_and_taken_back(page_as: PageAs, shop: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "leden.csv"
    file.write_text("E-mailadres;Voornaam;Plaats\nanna@voorbeeld.example;Anna;Ede\njan@@x;Jan;Ede\n")
    hand = Keys(page_as(shop))
    hand.page.goto("/contacten/")
    hand.enters("a[href='/contacten/inlezen/'].btn")
    hand.page.wait_for_selector("[name=file]")
    hand.chooses_file("[name=file]").set_files(str(file))
    hand.enters("main .btn-primary")
    hand.page.wait_for_selector(".me-mapping")
    assert_accessible(hand.page)
    hand.enters("[value=try]")
    hand.page.wait_for_selector("[role=progressbar]")
    run_waiting()
    hand.page.wait_for_selector("#h-tried")
    assert_accessible(hand.page)
    hand.fills("[name=new_name]", "Leden")
    hand.ticks("[name=ground]")
    hand.fills("[name=evidence]", "Formulier van de open dag, mei 2026.")
    hand.ticks("[name=attested]")
    hand.enters(".me-import-form .btn-primary")
    hand.page.wait_for_selector("[role=progressbar]")
    run_waiting()
    hand.page.wait_for_selector("text=jan@@x")
    assert_accessible(hand.page)
    with account(shop.id):
        assert (Import.objects.get().added, Membership.objects.get().ground) == (1, "consent")
    hand.enters("[popovertarget=undo], [popovertarget=confirm-undo]")
    hand.page.wait_for_selector("#confirm-undo:popover-open")
    assert_accessible(hand.page)
    hand.enters("#confirm-undo [type=submit]")
    hand.page.wait_for_selector("text=Ongedaan gemaakt")
    assert_accessible(hand.page)
    with account(shop.id):
        assert not Contact.objects.exists()


def test_a_segment_is_made_with_a_group_and_explained(page_as: PageAs, shop: Tenant) -> None:
    with account(shop.id):
        Field.objects.create(name="city", label="Plaats", kind="text", slot="t1")
        into = make_list()
        for n, name in enumerate(("Anna", "Bart", "Chris", "Dirk")):
            make_contact(
                f"{name.lower()}@voorbeeld.example", into, first_name=name, t1="Ede" if n % 2 else "Epe"
            )
    hand = Keys(page_as(shop))
    hand.page.goto("/contacten/segmenten/")
    hand.enters("main a.btn-primary, .me-head a.btn-primary")
    hand.fills("#segment-name", "Uit Ede")
    hand.picks("#on-r-0", "Plaats")
    hand.page.wait_for_selector("#test-r-0 >> option[value=begins]", state="attached")
    hand.fills("#value-r-0", "ede")
    hand.page.wait_for_selector("#segment-total >> text=2")
    assert_accessible(hand.page)
    hand.enters("button[value='group:r']")
    hand.page.wait_for_selector("#on-r-1-0")
    hand.picks("#on-r-1-0", "Voornaam")
    hand.page.wait_for_selector("#test-r-1-0 >> option[value=begins]", state="attached")
    hand.fills("#value-r-1-0", "bart")
    hand.page.wait_for_selector("#segment-total >> text=/^1/")
    assert_accessible(hand.page)
    hand.enters(".me-panel-foot .btn-primary")
    hand.page.wait_for_url("**/contacten/segmenten/")
    assert_accessible(hand.page)
    with account(shop.id):
        assert len(Segment.objects.get().rules["parts"]) == 2
        bart = Contact.objects.get(first_name="Bart")
    hand.page.goto(f"/contacten/{bart.id}/")
    hand.enters(f"a[href='/contacten/{bart.id}/segmenten/']")
    hand.page.wait_for_selector("text=Uit Ede")
    assert_accessible(hand.page)


def _mailed_link() -> str:
    run_waiting()
    found = re.search(r"https?://[^/]+(/aanmelden/bevestigen/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_a_form_is_made_and_somebody_signs_up_by_it(
    page_as: PageAs, shop: Tenant, width: int, dark: bool
) -> None:
    with account(shop.id):
        make_list()
    _makes_a_form(Keys(page_as(shop, width=width, dark=dark)))
    with account(shop.id):
        form = SignupForm.objects.get()
    visitor = Keys(page_as(None, width=width, dark=dark))
    visitor.page.goto(f"/aanmelden/{form.key}")
    assert_accessible(visitor.page)
    visitor.fills("[name=email]", "fatima@postvak.example")
    visitor.fills("[name=first_name]", "Fatima")
    visitor.press("Enter")
    visitor.page.wait_for_selector("[data-signup-said]:focus")
    assert_accessible(visitor.page)
    visitor.page.goto(_mailed_link())
    assert_accessible(visitor.page)
    visitor.enters("main button")
    visitor.page.wait_for_selector("text=Je bent aangemeld")
    assert_accessible(visitor.page)
    assert visitor.page.context.cookies() == []
    with account(shop.id):
        [on] = Membership.objects.select_related("contact")
        assert (on.contact.email, on.contact.first_name) == ("fatima@postvak.example", "Fatima")


def _makes_a_form(hand: Keys) -> None:
    hand.page.goto("/formulieren/")
    assert_accessible(hand.page)
    hand.enters("main a.btn-primary")
    hand.fills("[name=name]", "Voorpagina")
    hand.ticks("[name=lists]")
    hand.fills("[name=title]", "Elke maand iets moois")
    hand.fills("[name=privacy_url]", "https://winkel.example/privacy")
    hand.ticks("[name=first_name-ask]")
    hand.fills("[name=first_name-why]", "Voor de aanhef")
    hand.page.wait_for_selector("#preview >> text=Elke maand iets moois")
    hand.page.wait_for_selector("#preview >> text=Voor de aanhef")
    hand.page.faults.clear()  # type: ignore[attr-defined]  # htmx tells of requests that a newer one replaced
    assert_accessible(hand.page)
    hand.enters(".me-form > .btn-primary")
    hand.page.wait_for_selector("#form-code")
    assert_accessible(hand.page)
    hand.enters("[name=to][value=on]")
    hand.page.wait_for_selector("text=Het formulier staat aan.")
    assert_accessible(hand.page)


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (375, False)])
def test_a_reader_sets_everything_and_asks_to_be_erased(
    page_as: PageAs, shop: Tenant, width: int, dark: bool
) -> None:
    with account(shop.id):
        into, offers = make_list(), make_list("Acties", "offers")
        anna = make_contact(into=into, language="nl")
        Membership.objects.create(list_id=offers.id, contact_id=anna.id, ground="consent")
        issue = Issue.objects.create(subject="Hoi", sender_address="a@b.example", list_ids=[into.id])
    hand = Keys(page_as(None, width=width, dark=dark))
    hand.page.goto(f"/voorkeuren/{links.stop_token(keys.derive('links'), issue.id, anna.id)}")
    assert_accessible(hand.page)
    hand.ticks("[name=lists]")  # the first list is left
    hand.goes_to("[name=pause]")
    hand.press("ArrowDown")  # a break of a month
    hand.goes_to("[name=often]")
    hand.press("ArrowDown")  # once a week at most
    hand.ticks("[name=measured]")
    hand.enters("main .btn-primary")
    hand.page.wait_for_selector("[role=status]")
    assert_accessible(hand.page)
    hand.fills("[name=new-email]", "anna@nieuw.example")
    hand.press("Enter")
    hand.page.wait_for_selector("[name=drop]")
    assert_accessible(hand.page)
    _asks_to_be_erased(hand)
    assert hand.page.context.cookies() == []
    with account(shop.id):
        assert Membership.objects.filter(ended_at=None).count() == 1
        assert (Preference.objects.get().every_days, NewAddress.objects.count()) == (7, 1)
        assert Case.objects.get().kind == Case.Kind.ERASURE


def _asks_to_be_erased(hand: Keys) -> None:
    """After a look at all that is kept."""
    hand.enters("a[href$='/gegevens']")
    hand.page.wait_for_selector("#h-why")
    assert_accessible(hand.page)
    hand.enters("a[href^='/voorkeuren/']")
    hand.enters("a[href$='/verzoek']")
    hand.page.wait_for_selector("[name=kind]")
    assert_accessible(hand.page)
    hand.goes_to("[name=kind]")
    hand.press("ArrowUp")  # from the first one round to the last: erase everything
    hand.enters("main .btn-primary")
    hand.page.wait_for_selector("[role=status]")
    assert_accessible(hand.page)


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_a_person_is_erased_and_the_receipt_stays(
    page_as: PageAs, shop: Tenant, width: int, dark: bool
) -> None:
    with account(shop.id):
        make_contact(into=make_list(), first_name="Anna", last_name="Smit")
    hand = Keys(page_as(shop, width=width, dark=dark))
    hand.page.goto("/contacten/verzoeken/")
    assert_accessible(hand.page)
    hand.enters("main .btn-primary")
    hand.fills("[name=email]", "anna@voorbeeld.example")
    hand.goes_to("[name=kind]")
    hand.press("ArrowUp")
    assert_accessible(hand.page)
    hand.enters(".me-form .btn-primary")
    hand.page.wait_for_selector("#h-next")
    assert_accessible(hand.page)
    hand.enters("[popovertarget=confirm-erase]")
    hand.page.wait_for_selector("#confirm-erase:popover-open")
    assert_accessible(hand.page)
    hand.enters("#confirm-erase .btn-primary")
    hand.page.wait_for_selector("#h-receipt")
    run_waiting()
    hand.page.reload()
    hand.page.wait_for_selector("#h-receipt + *, .me-rows")
    assert_accessible(hand.page)
    for path in ("/contacten/verzoeken/", "/contacten/inactief/"):
        hand.page.goto(path)
        assert_accessible(hand.page)
    with account(shop.id):
        assert not Contact.objects.exists()
        assert Case.objects.get().state == "done"


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (375, False)])
def test_two_contacts_are_made_one(page_as: PageAs, shop: Tenant, width: int, dark: bool) -> None:
    with account(shop.id):
        into = make_list()
        kept, gone = make_contact("a@x.example", first_name="Anna"), make_contact("anna@x.example")
        actions.sign_up(gone, into, ground="consent", evidence="Zei ja op de markt.")
    hand = Keys(page_as(shop, width=width, dark=dark))
    hand.page.goto(f"/contacten/{kept.id}/")
    hand.enters(f"a[href='/contacten/{kept.id}/samenvoegen/']")
    hand.fills("#search", "anna@")
    hand.press("Enter")
    hand.enters(".me-sure summary")
    assert_accessible(hand.page)
    hand.enters(".me-sure .btn-primary")
    hand.page.wait_for_selector("#proof")
    assert "Zei ja op de markt." in hand.page.inner_text("#proof")
    assert_accessible(hand.page)
    hand.enters(f"a[href='/contacten/{kept.id}/bewijs/']")
    hand.page.wait_for_selector("text=Eerdere adressen")
    assert_accessible(hand.page)
    with account(shop.id):
        assert Contact.objects.get().id == kept.id
