from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SendingConfig(AppConfig):
    name = "mailexpert.sending"
    label = "sending"

    def ready(self) -> None:
        from mailexpert.core import attention, usage
        from mailexpert.sending import (  # noqa: F401
            declare,
            declare_domains,
            jobs,
            jobs_domains,
            jobs_providers,
            jobs_pulse,
            needs,
        )
        from mailexpert.sending.models_domains import SenderDomain

        attention.register("sender_domains", needs.of_domains)
        usage.register(
            usage.Measure(key="sites", label=_("Sites"), order=35, count=lambda: SenderDomain.objects.count())
        )
