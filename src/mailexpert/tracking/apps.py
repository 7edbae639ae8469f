from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "mailexpert.tracking"
    label = "tracking"

    def ready(self) -> None:
        from mailexpert.core import report_sections
        from mailexpert.privacy import actions as ledger
        from mailexpert.tracking import actions, declare, declare_goals, declare_visits, jobs, reported  # noqa: F401

        report_sections.register(reported.SECTION)
        ledger.on_end(actions.forget_person)
