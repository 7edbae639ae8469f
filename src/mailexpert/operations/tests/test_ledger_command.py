"""mailexpert ledger check: says that the chain is whole, and names each link that was tampered with."""

import json

import pytest
from django.db import connection

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.operations.tests.test_cli import Run, run  # noqa: F401
from mailexpert.privacy.tests.test_ledger import seal, tamper


@pytest.fixture
def sealed(shop: Tenant) -> None:
    with account(shop.id):
        into = make_list()
        for name in ("anna", "bart"):
            actions.sign_up(
                make_contact(f"{name}@x.example"), into, ground="consent", evidence=f"{name} zei ja."
            )
            seal()


def last_link(shop: Tenant) -> str:
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(hash, 'hex') FROM privacy_link WHERE account_id = %s AND n = 2", [shop.id]
        )
        return str(cursor.fetchone()[0])


def test_a_whole_chain_is_told_with_its_last_link(run: Run, sealed: None, shop: Tenant) -> None:  # noqa: F811
    code, out, _ = run("ledger", "check")
    assert (code, out.splitlines()[-1]) == (0, "The chain is whole.")
    assert f"account {shop.id}: 2 links, the last is {last_link(shop)}" in out


@pytest.mark.parametrize(
    ("statement", "link"),
    [
        ("UPDATE privacy_evidence SET text = 'anna zei nee.' WHERE text LIKE 'anna%'", 1),
        ("DELETE FROM privacy_consent WHERE id = (SELECT max(id) FROM privacy_consent)", 2),
        ("UPDATE privacy_link SET hash = digest WHERE n = 1", 2),
    ],
)
def test_a_link_that_was_tampered_with_is_named(
    run: Run,  # noqa: F811
    sealed: None,
    shop: Tenant,
    statement: str,
    link: int,
) -> None:
    tamper(statement)
    code, out, _ = run("ledger", "check")
    assert (code, out.splitlines()[-1]) == (1, "The chain is broken.")
    assert f"account {shop.id}, link {link} (lines " in out
    told = json.loads(run("ledger", "check", "--json")[1])
    assert link in [one["n"] for one in told["broken"]]
