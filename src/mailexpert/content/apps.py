from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "mailexpert.content"
    label = "content"

    def ready(self) -> None:
        from mailexpert.content import declare, jobs, rules_bundle, uses  # noqa: F401
        from mailexpert.content.actions import rewrite_templates, swap_logo
        from mailexpert.content.models import Template
        from mailexpert.content.queries import image_bytes
        from mailexpert.content.queries_brand import for_rooms
        from mailexpert.content.queries_images import brands_with, templates_with
        from mailexpert.core import brand, doors, usage
        from mailexpert.core.navigation import Entry, register

        doors.register("/sjablonen/inlezen/", rules_bundle.LARGEST + 1_000_000)
        uses.register(templates_with)
        uses.register(brands_with)
        uses.register_rewrite(rewrite_templates)
        uses.register_swap(swap_logo)
        brand.register(for_rooms)
        usage.register(
            usage.Measure(
                key="templates", label=_("Templates"), order=40, count=lambda: Template.objects.count()
            )
        )
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
