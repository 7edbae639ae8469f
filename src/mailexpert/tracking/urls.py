from django.urls import path

from mailexpert.tracking import views

app_name = "tracking"

urlpatterns = [path("meten/", views.measuring, name="measuring")]
