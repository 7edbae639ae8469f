from django.urls import path

from mailexpert.reports import views

app_name = "reports"
urlpatterns = [
    path("rapporten/", views.index, name="index"),
    path("mailings/<int:mailing_id>/rapport/", views.mailing, name="mailing"),
    path("mailings/<int:mailing_id>/voortgang/", views.progress, name="progress"),
    path("mailings/<int:mailing_id>/niet-verzonden.csv", views.not_sent, name="not_sent"),
]
