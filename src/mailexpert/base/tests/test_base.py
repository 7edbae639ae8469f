"""The ground: environment, keys, logs."""

import pytest

from mailexpert.base import env, keys, logs


def test_without_a_word_everything_has_its_default():
    found = env.read({})
    assert (found.port, found.track_port, found.base_url) == (8000, 8001, "http://localhost:8000")
    assert found.uses_catcher
    assert found.default_relay == ("127.0.0.1", 1025)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAILEXPERT_POTR", "8000"),
        ("MAILEXPERT_PORT", "acht"),
        ("MAILEXPERT_PORT", "70000"),
        ("MAILEXPERT_RELAY_URL", "relay.example:25"),
        ("MAILEXPERT_BASE_URL", "mail.example"),
        ("MAILEXPERT_TRACK_URL", "http://mail.example:acht"),
    ],
)
def test_a_wrong_variable_is_named(name, value):
    with pytest.raises(env.EnvironmentProblem, match=name):
        env.read({name: value})


def test_a_named_relay_is_no_catcher():
    found = env.read({"MAILEXPERT_RELAY_URL": "smtp://relay.example:2525"})
    assert not found.uses_catcher
    assert not found.relay_is_local
    assert found.default_relay == ("relay.example", 2525)


def test_each_purpose_has_its_own_key_and_a_sealed_secret_comes_back():
    assert keys.derive("een") != keys.derive("twee")
    sealed = keys.seal("geheim", "relay")
    assert "geheim" not in sealed
    assert keys.unseal(sealed, "relay") == "geheim"
    with pytest.raises(keys.SecretProblem):
        keys.unseal(sealed, "iets anders")


def test_two_starters_use_one_secret(tmp_path):
    assert keys.make_secret(tmp_path) == keys.make_secret(tmp_path)
    assert (tmp_path / keys.SECRET_FILE).stat().st_mode & 0o077 == 0


def test_no_address_reaches_a_log():
    assert logs.mask("mail aan jan.jansen@voorbeeld.nl mislukt") == "mail aan j***@voorbeeld.nl mislukt"


def test_a_field_that_nobody_declared_leaves_its_name_alone():
    line = logs._declared(None, "info", {"event": "x", "issue": 4, "recipient": "jan@voorbeeld.nl"})
    assert line == {"event": "x", "issue": 4, "undeclared": "recipient"}
