from mailexpert.mail import feedback, links, verp

KEY = b"k" * 32


def test_an_address_says_whose_it_is_whatever_became_of_its_case_and_domain() -> None:
    made = feedback.address(KEY, 31, "mx-abc.winkel.example")
    assert len(made.partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1
    assert feedback.read(KEY, made) == 31
    assert feedback.read(KEY, f"<{made.upper()}>") == 31
    assert feedback.read(KEY, made.partition("@")[0] + "@elders.example") == 31
    assert feedback.read(KEY, feedback.address(KEY, feedback.INSTALLATION, "x.example")) == 0


def test_other_addresses_are_none_of_ours() -> None:
    forged = feedback.address(b"f" * 32, 31, "x.example")
    grown = feedback.address(KEY, 31, "x.example").replace("@", "0@")
    returned = verp.return_path(KEY, 31, 31, "x.example")
    stop = f"f-{links.stop_token(KEY, 31, 31)}@x.example"
    for wrong in (forged, grown, returned, stop, "f-@x.example", "f-zz@x.example", "", "f-é@x.example"):
        assert feedback.read(KEY, wrong) is None
