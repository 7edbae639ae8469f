from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "mailexpert.privacy"
    label = "privacy"

    def ready(self) -> None:
        from mailexpert.accounts import agreements
        from mailexpert.privacy import declare, declare_policy  # noqa: F401
        from mailexpert.privacy.queries_policy import agreed

        agreements.ask(agreed)
