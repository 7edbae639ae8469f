from django.urls import path

from mailexpert.web import metrics, views
from mailexpert.web.rooms import ROOMS

app_name = "web"

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("metrics", metrics.show, name="metrics"),
    path("taal/", views.choose_language, name="language"),
    path("thema/", views.choose_theme, name="theme"),
    *(path(f"{room.slug}/", views.coming, {"key": room.key}, name=room.key) for room in ROOMS if room.coming),
]
