from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "mailexpert.contacts"
    label = "contacts"

    def ready(self) -> None:
        from mailexpert.contacts import declare  # noqa: F401
        from mailexpert.core.walls import owner_view

        owner_view("contacts_wall", "contacts_contact")
