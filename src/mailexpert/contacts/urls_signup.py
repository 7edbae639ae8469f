"""Signing up, for visitors."""

from django.urls import path

from mailexpert.contacts.views import signup

app_name = "signup"

urlpatterns = [
    path("aanmelden/bevestigen/<str:token>", signup.confirm, name="confirm"),
    path("aanmelden/<str:key>", signup.form, name="form"),
    path("aanmelden/<str:key>/verzonden", signup.sent, name="sent"),
    path("aanmelden/<str:key>/opgave", signup.challenge, name="challenge"),
    path("aanmelden/<str:key>/stijl.css", signup.style, name="style"),
]
