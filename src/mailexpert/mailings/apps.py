from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mailexpert.core import leaving, navigation, report_sections, usage


class MailingsConfig(AppConfig):
    name = "mailexpert.mailings"
    label = "mailings"

    def ready(self) -> None:
        from mailexpert.content import uses
        from mailexpert.mailings import declare, jobs, report_decisions, report_experiments  # noqa: F401
        from mailexpert.mailings.actions import rewrite_drafts, stop_everything
        from mailexpert.mailings.queries import counts_made_from, made_from, sent_this_month, showing

        report_sections.register(report_experiments.section())
        report_sections.register(report_decisions.section())
        uses.register(showing)
        uses.register_rewrite(rewrite_drafts)
        uses.register_templates(uses.MadeFrom(some=made_from, counts=counts_made_from))
        leaving.on_stop("mailings", stop_everything)
        usage.register(
            usage.Measure(key="mails", label=_("Mails this month"), order=20, count=sent_this_month)
        )

        navigation.register(
            navigation.Entry(
                key="mailings", label=_("Mailings"), url_name="mailings:index", icon="mail", order=20
            )
        )
