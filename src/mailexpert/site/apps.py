from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "mailexpert.site"
    label = "site"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from mailexpert.core.navigation import Entry, register
        from mailexpert.site import checks, declare  # noqa: F401

        register(Entry(key="news", label=_("News"), url_name="site:news", icon="news", order=80))
