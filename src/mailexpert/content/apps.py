from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "mailexpert.content"
    label = "content"

    def ready(self) -> None:
        from mailexpert.content import declare  # noqa: F401
