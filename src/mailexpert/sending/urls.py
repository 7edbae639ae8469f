from django.urls import path

from mailexpert.sending import views

app_name = "sending"

urlpatterns = [
    path("relay/", views.relay, name="relay"),
    path("relay/testen/", views.test, name="relay-test"),
    path("relay/verwijderen/", views.remove, name="relay-remove"),
]
