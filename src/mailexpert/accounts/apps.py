from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mailexpert.accounts"
    label = "accounts"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from mailexpert.accounts import declare, jobs, takeaway  # noqa: F401
        from mailexpert.accounts.models import Membership
        from mailexpert.accounts.views.words import needs
        from mailexpert.core import attention, forgetting, usage
        from mailexpert.core.navigation import Entry, register

        usage.register(
            usage.Measure(key="users", label=_("Users"), order=90, count=lambda: Membership.objects.count())
        )
        attention.register("words", needs)
        forgetting.on_forget("takeaway", takeaway.forget_persons)
        register(
            Entry(
                key="settings", label=_("Settings & Options"), url_name="settings", icon="settings", order=90
            )
        )
