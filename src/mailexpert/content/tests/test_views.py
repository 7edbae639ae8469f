import pytest
from django.test import Client

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.content import actions
from mailexpert.content.models import Template
from mailexpert.content.values import Draft
from mailexpert.core.scope import account
from mailexpert.sending import testmail

DRAFT = Draft(kind="html", source="<p>Dag {{ contact.first_name | default: 'lezer' }}</p>", subject="Nieuws")
POSTED = {"kind": "html", "source": "<p>Nieuw</p>", "subject": "Onderwerp", "preheader": "", "language": "nl"}


@pytest.fixture
def template(shop: Tenant) -> Template:
    with account(shop.id):
        return actions.make_template(name="Kerst", draft=DRAFT)


def test_an_empty_account_is_told_what_this_place_is_for(shop_client: Client) -> None:
    page = shop_client.get("/sjablonen/").content.decode()
    assert "Hier bewaar je de sjablonen waar je mailings mee beginnen." in page
    assert "/sjablonen/nieuw/" in page


def test_a_template_is_found_by_its_name(shop_client: Client, template: Template) -> None:
    assert b"Kerst" in shop_client.get("/sjablonen/").content
    assert b"Kerst" in shop_client.get("/sjablonen/?q=ker").content
    assert (
        "Er is geen sjabloon"
        in shop_client.get("/sjablonen/?q=pasen", headers={"HX-Request": "true"}).content.decode()
    )


def test_many_templates_come_in_pages(shop: Tenant, shop_client: Client) -> None:
    with account(shop.id):
        for number in range(27):
            actions.make_template(name=f"Sjabloon {number:02}", draft=DRAFT)
    first = shop_client.get("/sjablonen/")
    following = first.context["next_url"]
    assert len(first.context["rows"]) == 25
    assert [t.name for t, _made in shop_client.get(following).context["rows"]] == [
        "Sjabloon 01",
        "Sjabloon 00",
    ]
    assert shop_client.get("/sjablonen/?na=onzin").status_code == 200


def test_a_starter_becomes_a_template_of_ones_own(shop: Tenant, shop_client: Client) -> None:
    answer = shop_client.post("/sjablonen/nieuw/newsletter/")
    with account(shop.id):
        made = Template.objects.get()
    assert answer["Location"] == f"/sjablonen/{made.pk}/"
    assert (made.name, made.language, made.kind) == ("Nieuwsbrief in MJML", "nl", "mjml")
    assert shop_client.post("/sjablonen/nieuw/bestaat-niet/").status_code == 404


def test_one_begins_from_nothing(shop: Tenant, shop_client: Client) -> None:
    shop_client.post("/sjablonen/nieuw/", {"name": "Leeg", "kind": "text"})
    with account(shop.id):
        assert Template.objects.get().kind == "text"
    assert "Dit veld is verplicht" in shop_client.post("/sjablonen/nieuw/", {"kind": "text"}).content.decode()


def test_a_template_is_saved(shop: Tenant, shop_client: Client, template: Template) -> None:
    answer = shop_client.post(f"/sjablonen/{template.pk}/", {**POSTED, "name": "Kerst 2", "version": 1})
    assert answer.status_code == 302
    with account(shop.id):
        kept = Template.objects.get(id=template.pk)
    assert (kept.name, kept.source, kept.version) == ("Kerst 2", "<p>Nieuw</p>", 2)


def test_who_saves_too_late_keeps_the_text(shop_client: Client, template: Template) -> None:
    shop_client.post(f"/sjablonen/{template.pk}/", {**POSTED, "name": "Eerst", "version": 1})
    late = shop_client.post(
        f"/sjablonen/{template.pk}/", {**POSTED, "source": "<p>Later</p>", "name": "Later", "version": 1}
    ).content.decode()
    assert "intussen bewaard" in late
    assert "&lt;p&gt;Later&lt;/p&gt;" in late


def test_a_copy_leaves_the_original_alone(shop: Tenant, shop_client: Client, template: Template) -> None:
    shop_client.post(f"/sjablonen/{template.pk}/kopie/")
    with account(shop.id):
        assert sorted(Template.objects.values_list("name", flat=True)) == ["Kerst", "Kopie van Kerst"]


def test_a_template_is_deleted(shop: Tenant, shop_client: Client, template: Template) -> None:
    shop_client.post(f"/sjablonen/{template.pk}/weg/")
    with account(shop.id):
        assert not Template.objects.exists()


@pytest.mark.parametrize("path", ["", "kopie/", "weg/", "proefmail/"])
def test_a_stranger_cannot_reach_a_template(
    shop: Tenant, stranger_client: Client, template: Template, path: str
) -> None:
    url = f"/sjablonen/{template.pk}/{path}"
    assert stranger_client.post(url, {**POSTED, "name": "x", "version": 1}).status_code == 404
    if not path:
        assert stranger_client.get(url).status_code == 404
    with account(shop.id):
        assert Template.objects.get().name == "Kerst"


def test_a_visitor_is_led_to_the_door(client: Client, template: Template) -> None:
    for url in (
        "/sjablonen/",
        "/sjablonen/nieuw/",
        f"/sjablonen/{template.pk}/",
        "/sjablonen/voorbeeld/lezers/",
    ):
        assert client.get(url).status_code == 302
    for url in ("/sjablonen/voorbeeld/", "/sjablonen/voorbeeld/mail/"):
        assert client.post(url, POSTED).status_code == 302


def test_a_preview_takes_what_is_not_saved_yet(shop: Tenant, shop_client: Client) -> None:
    with account(shop.id):
        fatima = Contact.objects.create(email="fatima@voorbeeld.example", first_name="Fatima")
    posted = {
        **POSTED,
        "source": DRAFT.source,
        "subject": "Dag {{ contact.first_name }}",
        "reader": str(fatima.pk),
    }
    words = shop_client.post("/sjablonen/voorbeeld/", posted).content.decode()
    mail = shop_client.post("/sjablonen/voorbeeld/mail/", posted).content.decode()
    assert "Dag Fatima" in words
    assert "<p>Dag Fatima</p>" in mail


def test_a_strangers_contact_cannot_be_read_along_with(stranger: Tenant, shop_client: Client) -> None:
    with account(stranger.id):
        secret = Contact.objects.create(email="geheim@vreemd.example", first_name="Geheim")
    posted = {**POSTED, "source": "{{ contact.first_name }} {{ contact.email }}", "reader": str(secret.pk)}
    mail = shop_client.post("/sjablonen/voorbeeld/mail/", posted).content.decode()
    assert "eheim" not in mail
    assert "eheim" not in shop_client.get("/sjablonen/voorbeeld/lezers/?lezer=g").content.decode()


def test_a_preview_can_run_nothing_and_ask_nothing(shop_client: Client) -> None:
    answer = shop_client.post(
        "/sjablonen/voorbeeld/mail/", {**POSTED, "source": "{{ '<script>x</script>' }}"}
    )
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy
    assert answer["Referrer-Policy"] == "no-referrer"


def test_pictures_can_be_off_and_the_screen_dark(shop_client: Client) -> None:
    source = "<style>@media (prefers-color-scheme: dark) { p { color: red } }</style><p>x</p>"
    off = shop_client.post(
        "/sjablonen/voorbeeld/mail/", {**POSTED, "source": source, "pictures": "0", "dark": "1"}
    )
    on = shop_client.post("/sjablonen/voorbeeld/mail/", {**POSTED, "source": source})
    assert "img-src 'none'" in off["Content-Security-Policy"]
    assert "@media (min-width: 0)" in off.content.decode()
    assert "@media (max-width: 0)" in on.content.decode()


def test_problems_are_named_by_line_in_the_preview(shop_client: Client) -> None:
    words = shop_client.post(
        "/sjablonen/voorbeeld/", {**POSTED, "kind": "mjml", "source": "<mjml>\n<mj-body>"}
    )
    assert "Regel 2" in words.content.decode()
    assert shop_client.post("/sjablonen/voorbeeld/", {"kind": "blocks"}).status_code == 200


def test_a_test_mail_goes_to_the_writer(
    shop: Tenant, shop_client: Client, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[testmail.TestMail] = []
    monkeypatch.setattr(testmail, "send", sent.append)
    answer = shop_client.post(
        f"/sjablonen/{template.pk}/proefmail/", {**POSTED, "source": "Nog niet bewaard"}
    )
    assert "onderweg naar owner@winkel.example" in answer.content.decode()
    assert sent[0].to == "owner@winkel.example"
    assert "Nog niet bewaard" in sent[0].html
    wrong = shop_client.post(f"/sjablonen/{template.pk}/proefmail/", {**POSTED, "source": "{{ a"})
    assert "Niet verzonden. Regel 1" in wrong.content.decode()
    assert len(sent) == 1


def test_every_starter_can_be_looked_at(shop_client: Client) -> None:
    for slug in ("newsletter", "invitation", "letter"):
        assert shop_client.get(f"/sjablonen/voorbeeld/{slug}/").status_code == 200
    assert shop_client.get("/sjablonen/voorbeeld/niets/").status_code == 404


def test_the_mail_is_shown_as_less_capable_programs_do(shop_client: Client) -> None:
    head = "<head><style>@media (min-width: 1px) { p { color: red } }</style></head>"
    source = f"<html>{head}<body><p style='border-radius:4px;color:#222222'>Dag</p></body></html>"
    given = {"kind": "html", "source": source, "language": "nl"}
    for program, styles, corners in (("", True, True), ("gmail", False, True), ("outlook", False, False)):
        page = shop_client.post("/sjablonen/voorbeeld/mail/", given | {"program": program}).content.decode()
        assert ("<style" in page, "border-radius" in page) == (styles, corners)


def test_a_template_is_saved_while_one_writes_and_two_people_notice(
    shop: Tenant, shop_client: Client, template: Template
) -> None:
    written = {**POSTED, "name": "Kerst", "version": "1"}
    page = shop_client.post(f"/sjablonen/{template.pk}/bewaren/", written).content.decode()
    assert "Alles is bewaard" in page
    assert 'name="version" value="2"' in page
    late = shop_client.post(f"/sjablonen/{template.pk}/bewaren/", {**written, "source": "<p>Laat</p>"})
    assert f"{shop.owner.full_name} heeft dit sjabloon om" in late.content.decode()
    with account(shop.id):
        template.refresh_from_db()
    assert template.source == "<p>Nieuw</p>"
    mine = {**written, "source": "<p>Laat</p>", "version": "2"}
    assert "Alles is bewaard" in shop_client.post(f"/sjablonen/{template.pk}/bewaren/", mine).content.decode()


def test_what_can_t_be_kept_is_said_while_one_writes(shop_client: Client, template: Template) -> None:
    page = shop_client.post(f"/sjablonen/{template.pk}/bewaren/", {**POSTED, "name": "", "version": "1"})
    assert "Nog niet bewaard:" in page.content.decode()


def test_a_stranger_cannot_keep_over_a_template(stranger_client: Client, template: Template) -> None:
    written = {**POSTED, "name": "x", "version": "1"}
    assert stranger_client.post(f"/sjablonen/{template.pk}/bewaren/", written).status_code == 404


@pytest.mark.parametrize(
    ("kind", "offered"), [("mjml", True), ("html", False), ("text", False), ("blocks", False)]
)
def test_drag_and_drop_is_for_mjml_and_loosens_no_page_but_its_own(
    shop: Tenant, shop_client: Client, kind: str, offered: bool
) -> None:
    source = '{"blocks": []}' if kind == "blocks" else ""
    with account(shop.id):
        made = actions.make_template(name="a", draft=Draft(kind=kind, source=source))
    page = shop_client.get(f"/sjablonen/{made.pk}/")
    assert ("data-drawing-open" in page.content.decode()) is offered
    assert "unsafe-eval" not in page["Content-Security-Policy"]
    frame = shop_client.get("/sjablonen/tekenen/")["Content-Security-Policy"]
    assert "unsafe-eval" in frame
    assert "connect-src 'none'" in frame or "default-src 'none'" in frame
