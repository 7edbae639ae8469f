"""The sample's contacts, template and mailing."""

from mailexpert.contacts.models import Contact, Field, List, Membership
from mailexpert.content import actions as content
from mailexpert.content.queries import starter_of
from mailexpert.content.values import Draft
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.operations.sample import words
from mailexpert.privacy.models import Ground


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
    Membership.objects.bulk_create(
        Membership(list=readers, contact=contact, ground=Ground.CONSENT, source="sample")
        for contact in contacts
    )
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
