from django.urls import path

from mailexpert.tracking import views_goals

app_name = "goals"

urlpatterns = [
    path("", views_goals.index, name="index"),
    path("nieuw/", views_goals.make, name="make"),
    path("<int:goal_id>/", views_goals.goal, name="goal"),
    path("<int:goal_id>/wijzigen/", views_goals.change, name="change"),
    path("<int:goal_id>/archiveren/", views_goals.archive, name="archive"),
    path("<int:goal_id>/terughalen/", views_goals.bring_back, name="bring-back"),
]
