from django.apps import AppConfig


class SendingConfig(AppConfig):
    name = "mailexpert.sending"
    label = "sending"

    def ready(self) -> None:
        from mailexpert.core import attention
        from mailexpert.sending import declare, declare_domains, jobs, jobs_domains, jobs_providers, needs  # noqa: F401

        attention.register("sender_domains", needs.of_domains)
