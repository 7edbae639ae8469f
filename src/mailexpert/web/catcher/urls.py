from django.urls import path

from mailexpert.web.catcher import views

app_name = "catcher"

urlpatterns = [
    path("", views.mails, name="mails"),
    path("leegmaken/", views.delete_all, name="delete_all"),
    path("<int:mail_id>/", views.mail, {"show": "looks"}, name="mail"),
    path("<int:mail_id>/tekst/", views.mail, {"show": "text"}, name="text"),
    path("<int:mail_id>/bron/", views.mail, {"show": "source"}, name="source"),
    path("<int:mail_id>/velden/", views.mail, {"show": "headers"}, name="headers"),
    path("<int:mail_id>/html", views.frame, name="frame"),
    path("<int:mail_id>/mail.eml", views.source, name="download"),
    path("<int:mail_id>/bijlage/<int:number>", views.attachment, name="attachment"),
]
