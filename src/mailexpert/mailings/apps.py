from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mailexpert.core import navigation


class MailingsConfig(AppConfig):
    name = "mailexpert.mailings"
    label = "mailings"

    def ready(self) -> None:
        from mailexpert.mailings import declare, jobs  # noqa: F401

        navigation.register(
            navigation.Entry(
                key="mailings", label=_("Mailings"), url_name="mailings:index", icon="mail", order=20
            )
        )
