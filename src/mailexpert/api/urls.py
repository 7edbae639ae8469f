from django.urls import path, re_path

from mailexpert.api import problems
from mailexpert.api.api import api

urlpatterns = [
    path("v1/", api.urls),
    re_path(r"^.*$", problems.not_found),
]
