from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "mailexpert.contacts"
    label = "contacts"

    def ready(self) -> None:
        from mailexpert.contacts.actions import forget_activity
        from mailexpert.contacts.models import Contact
        from mailexpert.core import usage
        from mailexpert.privacy import actions as ledger

        ledger.on_end(forget_activity)

        usage.register(
            usage.Measure(
                key="contacts", label=_("Contacts"), order=10, count=lambda: Contact.objects.count()
            )
        )
        from mailexpert.contacts import (  # noqa: F401  # noqa: F401
            declare,
            declare_rights,
            declare_signup,
            forget,
            jobs_bulk,
            jobs_rights,
            jobs_signup,
            queries_rights,
        )
        from mailexpert.contacts.files import LARGEST
        from mailexpert.core import attention, doors, forgetting
        from mailexpert.core.navigation import Entry, register
        from mailexpert.core.walls import owner_view

        attention.register("requests", queries_rights.needs)
        forgetting.on_forget("exports", forget.in_exports)
        forgetting.on_forget("imports", forget.in_imports)
        forgetting.on_forget("bulks", forget.in_bulks)
        doors.register("/contacten/inlezen/", LARGEST + 1_000_000)
        owner_view("contacts_wall", "contacts_contact")
        register(
            Entry(key="contacts", label=_("Contacts"), url_name="contacts:index", icon="users", order=40)
        )
        register(Entry(key="forms", label=_("Forms"), url_name="forms:index", icon="forms", order=50))
