from django.urls import path

from mailexpert.reports import views, views_doubt

app_name = "reports"
urlpatterns = [
    path("rapporten/", views.index, name="index"),
    path("mailings/<int:mailing_id>/rapport/", views.mailing, name="mailing"),
    path("mailings/<int:mailing_id>/voortgang/", views.progress, name="progress"),
    path("mailings/<int:mailing_id>/in-twijfel/", views_doubt.people, name="doubt"),
    path("mailings/<int:mailing_id>/in-twijfel/opnieuw/", views_doubt.ask, name="doubt_ask"),
    path("mailings/<int:mailing_id>/in-twijfel/opnieuw/verzenden/", views_doubt.order, name="doubt_order"),
    path("mailings/<int:mailing_id>/niet-verzonden.csv", views.not_sent, name="not_sent"),
]
