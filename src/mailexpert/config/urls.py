from django.urls import include, path, re_path

from mailexpert.content import views_images
from mailexpert.mailings.views import archive

urlpatterns = [
    path("", include("mailexpert.accounts.urls")),
    path("instellingen/", include("mailexpert.sending.urls")),
    path("instellingen/", include("mailexpert.tracking.urls")),
    path("rapporten/doelen/", include("mailexpert.tracking.urls_goals")),
    path("", include("mailexpert.site.urls")),
    path("api/", include("mailexpert.api.urls")),
    path("mailings/", include("mailexpert.mailings.urls")),
    path("", include("mailexpert.reports.urls")),
    re_path(r"^beeld/(?P<token>[-\w]{20,32})\.(?P<kind>jpg|png|gif)$", views_images.show, name="image"),
    re_path(r"^beeld/eigen/(?P<account_id>\d{1,18})$", views_images.own_host, name="own_host"),
    re_path(r"^beeld/mag$", views_images.may_host, name="may_host"),
    path("lezen/<str:token>/", archive.show, name="archive"),
    path("sjablonen/", include("mailexpert.content.urls")),
    path("", include("mailexpert.contacts.urls")),
    path("", include("mailexpert.contacts.urls_forms")),
    path("", include("mailexpert.contacts.urls_signup")),
    path("mailvanger/", include("mailexpert.web.catcher.urls")),
    path("", include("mailexpert.web.urls")),
]
