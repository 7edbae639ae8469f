from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mailexpert.core"
    label = "core"

    def ready(self) -> None:
        from mailexpert.core import declare, upkeep  # noqa: F401
