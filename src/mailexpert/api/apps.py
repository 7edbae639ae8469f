from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "mailexpert.api"
    label = "api"

    def ready(self) -> None:
        from mailexpert.api import declare, jobs  # noqa: F401
