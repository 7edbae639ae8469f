from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "mailexpert.privacy"
    label = "privacy"

    def ready(self) -> None:
        from mailexpert.accounts import agreements
        from mailexpert.core import leaving
        from mailexpert.privacy import (  # noqa: F401
            checks,
            declare,
            declare_choice,
            declare_ledger,
            declare_policy,
            declare_promises,
            declare_rights,
            declare_staff,
            jobs_ledger,
            jobs_rights,
            promises,
        )
        from mailexpert.privacy.actions_erasure import mark_account
        from mailexpert.privacy.queries_policy import agreed

        agreements.ask(agreed)
        leaving.on_erase("erasure ledger", mark_account)
