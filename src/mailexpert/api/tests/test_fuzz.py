"""The API under requests that nobody thought of: every answer is one that its description names."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from mailexpert.accounts.actions import make_token
from mailexpert.api.api import api
from mailexpert.base import names
from mailexpert.config.wsgi import application
from mailexpert.contacts import actions as contacts
from mailexpert.contacts import actions_signupform
from mailexpert.contacts.actions_segments import keep_segment
from mailexpert.contacts.models import Import
from mailexpert.contacts.rules import tree
from mailexpert.content.models import Template
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.sending import actions_domains

pytestmark = pytest.mark.slow

HTML = "<p>Dag {{ contact.first_name | default: 'lezer' }}</p>"
# A description can't say everything: that a source is valid MJML, that a file holds addresses.
BEYOND_WORDS = [checks.positive_data_acceptance]
# A wrong address was made right, so that nothing is wrong with the request any more.
MADE_RIGHT = [*BEYOND_WORDS, checks.negative_data_rejection]
fuzzed = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = application


@pytest.fixture
def headers(shop):
    """Requests leave the test's connection open, as those of Django's own client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield {"Authorization": f"Bearer {make_token(shop.account, 'fuzz')}"}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _silent_dns(monkeypatch):
    """A random domain is asked after nowhere."""
    silent = names.SystemNames([])
    monkeypatch.setattr(names, "system", lambda: silent)


@pytest.fixture
def known(shop):
    """The id of one thing of each kind."""
    with account(shop.id):
        readers = contacts.make_list("Lezers", "newsletter")
        person = contacts.add_contact("jan@voorbeeld.example", {}, source="test")
        contacts.sign_up(person, readers, ground="consent", evidence="", source="test")
        mailing = Mailing.objects.create(
            name="x", subject="x", sender="x@y.example", kind="html", source=HTML
        )
        mailing.audience.create(list=readers)
        return {
            "list_id": readers.id,
            "contact_id": person.id,
            "mailing_id": mailing.id,
            "import_id": Import.objects.create(list=readers, ground="consent", state="queued").id,
            "domain_id": actions_domains.claim("winkel.example").id,
            "segment_id": keep_segment("x", tree.EVERYONE).id,
            "form_id": actions_signupform.keep(
                None,
                {
                    "name": "x",
                    "language": "nl",
                    "title": "x",
                    "privacy_url": "https://y.example",
                    "lists": [readers.id],
                },
                (),
            ).id,
            "template_id": Template.objects.create(name="x", kind="html", source=HTML).id,
        }


@schema.parametrize()
@fuzzed
def test_every_answer_is_one_that_the_description_names(case, headers):
    case.call_and_validate(headers=headers, excluded_checks=BEYOND_WORDS)


@schema.include(path_regex="{").parametrize()
@fuzzed
def test_so_is_every_answer_about_things_that_exist(case, headers, known):
    case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
    case.call_and_validate(headers=headers, excluded_checks=MADE_RIGHT)
