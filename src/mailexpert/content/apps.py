from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "mailexpert.content"
    label = "content"

    def ready(self) -> None:
        from mailexpert.content import declare  # noqa: F401
        from mailexpert.content.queries import image_bytes
        from mailexpert.core import usage
        from mailexpert.core.navigation import Entry, register

        usage.register(
            usage.Measure(key="images", label=_("Images"), order=30, count=image_bytes, unit="bytes")
        )

        register(
            Entry(
                key="content",
                label=_("Templates & images"),
                url_name="content:templates",
                icon="template",
                order=60,
            )
        )
