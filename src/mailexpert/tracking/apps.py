from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "mailexpert.tracking"
    label = "tracking"

    def ready(self) -> None:
        from mailexpert.tracking import declare  # noqa: F401
