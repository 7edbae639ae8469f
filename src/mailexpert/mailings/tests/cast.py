"""People on lists, and a draft to them."""

from mailexpert.base.clock import now
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing

HTML = "<html><body><h1>Nieuws</h1><p>Dag {{ contact.first_name | default: 'lezer' }}</p></body></html>"


def people(count, *, list_name="Nieuwsbrief", ground="consent", prefix="lezer"):
    """A list with this many people on it."""
    made = List.objects.create(name=list_name, purpose="newsletter")
    rows = [Contact(email=f"{prefix}{i}@voorbeeld.example", first_name=f"Voor{i}") for i in range(count)]
    Contact.objects.bulk_create(rows)
    join(made, rows, ground=ground)
    return made, rows


def join(to, rows, *, ground="consent"):
    Membership.objects.bulk_create(
        Membership(list=to, contact=row, ground=ground, since=now(), source="test") for row in rows
    )


def draft(*lists, excluded=(), **changes):
    values = {
        "name": "Nieuwsbrief november",
        "subject": "Nieuws van {{ contact.first_name | default: 'ons' }}",
        "sender": "Winkel de Vries <nieuws@winkel.example>",
        "kind": "html",
        "source": HTML,
    }
    made = Mailing.objects.create(**{**values, **changes})
    actions.choose_audience(made, [found.id for found in lists], [found.id for found in excluded])
    return made
