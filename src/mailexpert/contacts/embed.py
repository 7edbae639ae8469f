"""A form as code for a site of the account's own."""

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import override

from mailexpert.base import env
from mailexpert.contacts import actions_signupform, queries_signup
from mailexpert.contacts.forms_signup import VisitorForm
from mailexpert.contacts.models_signup import SignupForm
from mailexpert.contacts.rules_signup import TRAP


def code_of(form: SignupForm) -> str:
    """Plain HTML for the account's own site: it asks nothing of us before it is sent."""
    with override(form.language):
        actions_signupform.note_words(form)
        lists, questions = queries_signup.lists_of(form), queries_signup.questions_of(form)
        context = {
            "form": form,
            "url": queries_signup.address_of(form),
            "words": queries_signup.words_of(form),
            "filled": VisitorForm(None, lists=lists, questions=questions),
            "trap": TRAP,
            "script_url": env.load().base_url + static("contacts/signup.js"),
        }
        lines = render_to_string("contacts/signup/embed.html", context).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())
