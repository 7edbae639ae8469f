import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, Field
from mailexpert.content import actions, checks, queries, queries_readers
from mailexpert.content.models import Template
from mailexpert.content.values import Draft
from mailexpert.core.scope import account

DRAFT = Draft(kind="html", source="<p>Dag</p>", subject="Nieuws", preheader="Eerst", language="nl")


def test_a_template_is_kept_as_it_was_written(in_shop: Tenant) -> None:
    made = actions.make_template(name="  Mijn\nsjabloon ", draft=DRAFT)
    kept = Template.objects.get(id=made.pk)
    assert kept.name == "Mijn sjabloon"
    assert actions.draft_of(kept) == DRAFT
    assert kept.version == 1


def test_saving_over_an_older_version_is_refused(in_shop: Tenant) -> None:
    made = actions.make_template(name="a", draft=DRAFT)
    actions.change_template(made.pk, version=1, name="b", draft=DRAFT)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.change_template(made.pk, version=1, name="c", draft=DRAFT)
    made.refresh_from_db()
    assert (made.name, made.version) == ("b", 2)


def test_a_stranger_cannot_change_a_template(shop: Tenant, stranger: Tenant) -> None:
    with account(shop.id):
        made = actions.make_template(name="a", draft=DRAFT)
    with account(stranger.id), pytest.raises(actions.ChangedMeanwhile):
        actions.change_template(made.pk, version=1, name="gekaapt", draft=DRAFT)
    with account(stranger.id):
        assert list(queries.templates()) == []


def test_a_line_break_never_reaches_a_header(in_shop: Tenant) -> None:
    draft = Draft(kind="html", source="x", subject="a\r\nBcc: x@y.nl", preheader="b\nc")
    made = actions.make_template(name="a", draft=draft)
    assert (made.subject, made.preheader) == ("a Bcc: x@y.nl", "b c")


def test_a_preview_reads_as_its_reader_does(in_shop: Tenant) -> None:
    Field.objects.create(name="punten", label="Punten", kind="number", slot="n1")
    fatima = Contact.objects.create(email="fatima@voorbeeld.example", first_name="Fatima", n1=12.0)
    draft = Draft(
        kind="html",
        subject="Dag {{ contact.first_name | default: 'lezer' }}",
        preheader="{{ contact.punten }}",
        source="<p>{{ contact.first_name | default: 'lezer' }}: {{ contact.punten | default: 'geen' }} & meer</p>",
    )
    seen = actions.render_preview(draft, fatima, sender_line="Winkel de Vries")
    assert (seen.subject, seen.preheader) == ("Dag Fatima", "12")
    assert "Fatima: 12 &amp; meer" in seen.html
    assert "Fatima: 12 & meer" in seen.text
    assert "Winkel de Vries" in seen.html
    assert "Uitschrijven" in seen.text
    nobody = actions.render_preview(draft)
    assert "lezer: geen" in nobody.html


def test_a_name_with_markup_in_it_stays_text_in_a_preview(in_shop: Tenant) -> None:
    mallory = Contact.objects.create(email="m@voorbeeld.example", first_name="<script>x</script>")
    seen = actions.render_preview(
        Draft(kind="html", source="{{ contact.first_name | default: '' }}"), mallory
    )
    assert "<script" not in seen.html


def test_a_wrong_source_gives_its_problems_instead_of_a_preview(in_shop: Tenant) -> None:
    seen = actions.render_preview(Draft(kind="mjml", source="<mjml>\n<mj-body>\n<mj-txt>"))
    assert seen.html == ""
    assert seen.problems[0].line == 1


def test_checks_are_said_in_the_language_of_the_page(in_shop: Tenant) -> None:
    Field.objects.create(name="stad", label="Stad", slot="t1")
    found = checks.check_draft(
        Draft(kind="html", source="{{ contact.stad }}{{ contact.land }}", preheader="x")
    )
    said = {check.code: check.text for check in found}
    assert said["subject_missing"] == "De mailing heeft geen onderwerp."
    titles = {check.code: (check.title, check.detail) for check in found}
    assert titles["heading_missing"] == (
        "De mail heeft geen titel",
        "Een schermlezer vindt zijn weg langs koppen.",
    )
    assert titles["subject_missing"] == ("De mailing heeft geen onderwerp", "")
    assert said["spam"].startswith("Spamscore 0,0")
    assert said["field_unknown"] == "Het veld ‘land’ bestaat niet en zou dus bij iedereen leeg blijven."


def test_the_gallery_has_every_starter_in_both_languages() -> None:
    for language in ("nl", "en"):
        shown = queries.gallery(language)
        assert {"news", "invitation", "letter"} <= {starter.slug for starter in shown}
        assert len(shown) >= 12
        for starter in shown:
            seen = actions.render_preview(
                Draft(kind=starter.kind, source=starter.source, subject=starter.subject, language=language)
            )
            assert seen.problems == ()
            assert seen.html


def test_readers_are_found_by_name_or_address(in_shop: Tenant, stranger: Tenant) -> None:
    Contact.objects.create(email="fatima@voorbeeld.example", first_name="Fatima", last_name="El Idrissi")
    Contact.objects.create(email="jan@voorbeeld.example", first_name="Jan")
    with account(stranger.id):
        Contact.objects.create(email="fatima@vreemd.example", first_name="Fatima")
    assert [found.email for found in queries_readers.readers("fat")] == ["fatima@voorbeeld.example"]
    assert [found.email for found in queries_readers.readers("jan@")] == ["jan@voorbeeld.example"]
    assert len(queries_readers.readers("")) == 2


def test_the_worst_case_is_the_longest_that_the_account_has(in_shop: Tenant, stranger: Tenant) -> None:
    Contact.objects.create(email="jo@voorbeeld.example", first_name="Jo")
    Contact.objects.create(email="w@voorbeeld.example", first_name="Wolfeschlegelstein")
    with account(stranger.id):
        Contact.objects.create(email="f@vreemd.example", first_name="Hubert Blaine Wolfeschlegelsteinhausen")
    draft = Draft(kind="text", source="{{ contact.first_name }} {{ contact.last_name }}", subject="x")
    text = actions.render_preview(draft, queries_readers.WORST).text
    assert text.startswith("Wolfeschlegelstein Wolfeschlegelsteinhausenbergerdorff-van Everdingen")
