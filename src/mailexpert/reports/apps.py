from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mailexpert.core import navigation, panels


class ReportsConfig(AppConfig):
    name = "mailexpert.reports"
    label = "reports"

    def ready(self) -> None:
        from mailexpert.reports import declare, jobs  # noqa: F401
        from mailexpert.reports.panels import last_mailing, next_mailing

        navigation.register(
            navigation.Entry(
                key="reports", label=_("Reports"), url_name="reports:index", icon="chart-line", order=70
            )
        )
        panels.register(
            panels.Panel(
                key="last_mailing",
                order=10,
                side=False,
                template="reports/parts/last.html",
                context=last_mailing,
            )
        )
        panels.register(
            panels.Panel(
                key="next_mailing",
                order=10,
                side=True,
                template="reports/parts/next.html",
                context=next_mailing,
            )
        )
