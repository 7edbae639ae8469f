from django.urls import path

from mailexpert.reports import (
    views,
    views_audience,
    views_compare,
    views_complaints,
    views_doubt,
    views_files,
    views_map,
    views_people,
)

app_name = "reports"
urlpatterns = [
    path("rapporten/", views.index, name="index"),
    path("rapporten/vergelijken/", views_compare.compare, name="compare"),
    path("rapporten/publiek/", views_audience.grow, name="audience"),
    path("mailings/<int:mailing_id>/rapport/", views.mailing, name="mailing"),
    path("mailings/<int:mailing_id>/rapport.csv", views_files.as_csv, name="csv"),
    path("mailings/<int:mailing_id>/rapport.pdf", views_files.as_pdf, name="pdf"),
    path("mailings/<int:mailing_id>/voortgang/", views.progress, name="progress"),
    path("mailings/<int:mailing_id>/niet-verzonden/", views_people.not_sent_people, name="people"),
    path("mailings/<int:mailing_id>/niet-verzonden.csv", views_people.not_sent_csv, name="not_sent"),
    path("mailings/<int:mailing_id>/klachten/", views_complaints.complaints, name="complaints"),
    path("mailings/<int:mailing_id>/klikkaart/", views_map.click_map_page, name="map"),
    path("mailings/<int:mailing_id>/klikkaart/mail/", views_map.drawn, name="map_mail"),
    path("mailings/<int:mailing_id>/in-twijfel/", views_doubt.people, name="doubt"),
    path("mailings/<int:mailing_id>/in-twijfel/opnieuw/", views_doubt.ask, name="doubt_ask"),
    path("mailings/<int:mailing_id>/in-twijfel/opnieuw/verzenden/", views_doubt.order, name="doubt_order"),
]
