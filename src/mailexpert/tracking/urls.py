from django.urls import path

from mailexpert.tracking import views, views_sites

app_name = "tracking"

urlpatterns = [
    path("meten/", views.measuring, name="measuring"),
    path("sites-meten/", views_sites.sites, name="sites"),
    path("sites-meten/aan-of-uit/", views_sites.turn, name="sites-turn"),
    path("sites-meten/regels/", views_sites.rules, name="sites-rules"),
]
