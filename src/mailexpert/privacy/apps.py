from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "mailexpert.privacy"
    label = "privacy"

    def ready(self) -> None:
        from mailexpert.privacy import declare  # noqa: F401
