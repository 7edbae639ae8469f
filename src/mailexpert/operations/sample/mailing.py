"""The sample's contacts, template and mailing."""

from collections.abc import Sequence

from mailexpert.contacts.models import Contact, Field, List, Membership
from mailexpert.content import actions as content
from mailexpert.content.queries import starter_of
from mailexpert.content.values import Draft
from mailexpert.mail import address
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.operations.sample import words
from mailexpert.privacy import actions as ledger
from mailexpert.privacy import rules
from mailexpert.privacy.models import Consent, Ground


def make() -> None:
    """For the account that is active."""
    Field.objects.create(name="woonplaats", label="Woonplaats", kind=Field.Kind.TEXT, slot="t1")
    readers = List.objects.create(name=words.LIST)
    contacts = Contact.objects.bulk_create(
        Contact(
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            language="nl",
            t1=person.place,
        )
        for person in words.people()
    )
    sign_up(contacts, readers)
    template = content.make_template(name=words.MAILING, draft=draft())
    made = Mailing.objects.create(
        name=words.MAILING,
        subject=words.SUBJECT,
        preheader=words.PREHEADER,
        sender=words.SENDER,
        template=template,
        kind=template.kind,
        source=template.source,
    )
    actions.choose_audience(made, [readers.id])


def sign_up(contacts: Sequence[Contact], readers: List) -> None:
    """Each with the line in the ledger that says so."""
    Membership.objects.bulk_create(
        Membership(list=readers, contact=contact, ground=Ground.CONSENT, source="sample")
        for contact in contacts
    )
    evidence = ledger.keep_evidence(source="sample", text=words.EVIDENCE)
    Consent.objects.bulk_create(
        Consent(
            act=Consent.Act.GIVEN,
            contact_id=contact.id,
            person=rules.person(address.parse(contact.email).key),
            list_id=readers.id,
            evidence_id=evidence,
            purpose=readers.purpose,
            ground=Ground.CONSENT,
            source="sample",
        )
        for contact in contacts
    )


def draft() -> Draft:
    """The starter newsletter with the sample's words in it."""
    starter = starter_of("newsletter", "nl")
    assert starter is not None
    source = starter.source
    for theirs, ours in words.INSTEAD.items():
        source = source.replace(theirs, ours)
    return Draft(
        kind=starter.kind, source=source, subject=words.SUBJECT, preheader=words.PREHEADER, language="nl"
    )
