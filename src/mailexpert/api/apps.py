from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "mailexpert.api"
    label = "api"

    def ready(self) -> None:
        from mailexpert.api import declare, jobs  # noqa: F401
        from mailexpert.contacts.files import LARGEST
        from mailexpert.core import doors

        doors.register("/api/v1/imports", LARGEST + 1_000_000)
