from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "mailexpert.tracking"
    label = "tracking"

    def ready(self) -> None:
        from mailexpert.tracking import declare, declare_visits  # noqa: F401
