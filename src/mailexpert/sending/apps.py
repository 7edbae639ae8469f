from django.apps import AppConfig


class SendingConfig(AppConfig):
    name = "mailexpert.sending"
    label = "sending"

    def ready(self) -> None:
        from mailexpert.sending import declare, jobs  # noqa: F401
