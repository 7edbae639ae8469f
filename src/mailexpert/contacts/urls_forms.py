"""Sign-up forms, for the account."""

from django.urls import path

from mailexpert.contacts.views import signupforms

app_name = "forms"

urlpatterns = [
    path("formulieren/", signupforms.index, name="index"),
    path("formulieren/nieuw/", signupforms.edit, name="new"),
    path("formulieren/voorbeeld/", signupforms.preview, name="preview"),
    path("formulieren/stijl.css", signupforms.look, name="look"),
    path("formulieren/<int:form_id>/", signupforms.show, name="show"),
    path("formulieren/<int:form_id>/wijzigen/", signupforms.edit, name="edit"),
    path("formulieren/<int:form_id>/stand/", signupforms.switch, name="switch"),
    path("formulieren/<int:form_id>/aanmelding/<int:signup_id>/", signupforms.send_again, name="send_again"),
    path("formulieren/<int:form_id>/verwijderen/", signupforms.delete, name="delete"),
]
