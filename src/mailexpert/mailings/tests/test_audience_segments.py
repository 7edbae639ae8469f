"""The audience: union of the lists, of them only who is in every segment, less the lists left out."""

import json

import pytest

from mailexpert.contacts import actions_segments
from mailexpert.contacts.models import Contact, Field, Segment
from mailexpert.contacts.rules import tree
from mailexpert.core.scope import account
from mailexpert.mailings import actions, audience, checks, queries
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, join, people
from mailexpert.sending.models import Shard

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(in_shop):
    """Twelve on the list, four of them in Ede, six of them early; the first early one in Ede is left out."""
    made, rows = people(12)
    Field.objects.create(name="city", label="Plaats", kind="text", slot="t1")
    Field.objects.create(name="early", label="Vroeg", kind="boolean", slot="b1")
    for n, row in enumerate(rows):
        Contact.objects.filter(id=row.id).update(t1="Ede" if n % 3 == 0 else "Rhenen", b1=n < 6)
    left_out, _nobody = people(0, list_name="Weg")
    join(left_out, rows[:1])
    in_ede = segment("Ede", {"on": "field:city", "test": "is", "value": "Ede"})
    early = segment("Vroeg", {"on": "field:early", "test": "yes"})
    return made, left_out, in_ede, early, rows


def segment(name, *parts):
    return actions_segments.keep_segment(name, tree.parse({"join": "all", "parts": list(parts)}))


def test_only_who_is_in_every_segment_gets_the_mailing(world):
    made, left_out, in_ede, early, rows = world
    mailing = draft(made, excluded=[left_out])
    actions.choose_audience(mailing, [made.id], [left_out.id], [in_ede.id, early.id])
    assert queries.tally(mailing).mailable == 1
    actions.start(mailing)
    ids = [contact_id for shard in Shard.objects.all() for contact_id in shard.contact_ids]
    assert ids == [rows[3].id]


def test_the_sum_names_who_is_outside(world):
    made, _left_out, in_ede, _early, _rows = world
    mailing = draft(made)
    actions.choose_audience(mailing, [made.id], [], [in_ede.id])
    counted = queries.tally(mailing)
    assert [row.count for row in counted.rows] == [12, 8]
    assert counted.mailable == 4


def test_a_segment_whose_field_is_gone_stops_the_mailing(world):
    made, _left_out, in_ede, _early, _rows = world
    mailing = draft(made)
    actions.choose_audience(mailing, [made.id], [], [in_ede.id])
    Field.objects.filter(name="city").delete()
    found, _content = checks.look_over(mailing)
    assert found[0].code == "segment_broken"
    with pytest.raises(actions.CannotSend):
        actions.start(mailing)
    with pytest.raises(tree.TreeProblem):
        audience.cut(1, [made.id], [], [in_ede.id])


def test_a_segment_that_a_mailing_goes_to_stays(world):
    made, _left_out, in_ede, _early, _rows = world
    mailing = draft(made)
    actions.choose_audience(mailing, [made.id], [], [in_ede.id])
    with pytest.raises(actions_segments.InUse):
        actions_segments.delete_segment(in_ede.id)
    assert actions.copy(mailing, "Nog eens").segment_ids() == [in_ede.id]


def test_the_api_takes_segments_of_the_account_alone(client, shop, stranger, in_shop, world):
    from mailexpert.accounts.actions import make_token

    made, _left_out, in_ede, _early, _rows = world
    secret = make_token(shop.id, "t")
    with account(stranger.id):
        foreign = Segment.objects.create(name="Vreemd", rules={"join": "all", "parts": []})
    wanted = {
        "name": "n", "subject": "s", "sender": "a@winkel.example", "html": "<p>x</p>", "lists": [made.id],
    }  # fmt: skip
    answers = [
        client.post(
            "/api/v1/mailings",
            json.dumps({**wanted, "segments": [number]}),
            content_type="application/json",
            headers={"authorization": f"Bearer {secret}"},
        )
        for number in (in_ede.id, foreign.id)
    ]
    assert [answer.status_code for answer in answers] == [201, 422]
    assert answers[0].json()["segments"] == [in_ede.id]
    assert Mailing.objects.get().segment_ids() == [in_ede.id]


def test_segments_are_made_and_counted_by_the_api(client, shop, in_shop, world):
    from mailexpert.accounts.actions import make_token

    head = {"authorization": f"Bearer {make_token(shop.id, 't')}"}

    def post(rules):
        body = json.dumps({"name": "Nieuw", "rules": rules})
        return client.post("/api/v1/segments", body, content_type="application/json", headers=head)

    rule = {"on": "field:city", "test": "is", "value": "Ede"}
    made = post({"join": "none", "parts": [rule]})
    assert made.status_code == 201
    counted = client.get(f"/api/v1/segments/{made.json()['id']}/count", headers=head)
    assert counted.json() == {"count": 8, "exact": True}
    refused = post({"join": "all", "parts": [{**rule, "on": "field:gone"}]})
    assert (refused.status_code, refused.json()["detail"]) == (422, "gone at 0.")
    assert post({"join": "all", "parts": [1]}).status_code == 422
