from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "mailexpert.privacy"
    label = "privacy"

    def ready(self) -> None:
        from mailexpert.accounts import agreements
        from mailexpert.privacy import (  # noqa: F401
            checks,
            declare,
            declare_choice,
            declare_ledger,
            declare_policy,
            declare_promises,
            declare_staff,
            jobs_ledger,
            promises,
        )
        from mailexpert.privacy.queries_policy import agreed

        agreements.ask(agreed)
