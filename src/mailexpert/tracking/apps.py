from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "mailexpert.tracking"
    label = "tracking"

    def ready(self) -> None:
        from mailexpert.privacy import actions as ledger
        from mailexpert.tracking import actions, declare, declare_visits, jobs  # noqa: F401

        ledger.on_end(actions.forget_person)
