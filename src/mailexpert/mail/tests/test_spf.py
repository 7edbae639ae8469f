import pytest

from mailexpert.mail import spf


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("v=spf1 -all", True),
        ("V=SPF1", True),
        (" v=spf1 -all", False),
        ("v=spf10 -all", False),
        ("v=DMARC1", False),
    ],
)
def test_what_an_spf_record_is(text: str, is_one: bool) -> None:
    assert spf.is_record(text) is is_one


@pytest.mark.parametrize(
    ("text", "wanted", "allowed"),
    [
        ("v=spf1 a:smtp.example -all", "a:smtp.example", True),
        ("v=spf1  A:SMTP.example ~all", "a:smtp.example", True),
        ("v=spf1 +include:spf.example ?all", "include:spf.example", True),
        ("v=spf1 ~a:smtp.example -all", "a:smtp.example", False),
        ("v=spf1 a:anders.example -all", "a:smtp.example", False),
        ("v=spf1 -all", "a:smtp.example", False),
    ],
)
def test_whether_a_record_allows_a_mail_server(text: str, wanted: str, allowed: bool) -> None:
    terms = spf.read(text)
    assert terms is not None
    assert spf.allows(terms, wanted) is allowed


@pytest.mark.parametrize(
    "text", ["v=spf1 includ:x.example", "v=spf1 a:x.example wat -all", "v=spf1 ip9:1.2.3.4"]
)
def test_one_wrong_word_voids_the_record(text: str) -> None:
    assert spf.read(text) is None


def count(text: str, **records: str | None) -> int:
    known = {name.replace("_", "."): record for name, record in records.items()}

    def texts(name: str) -> list[str] | None:
        if name in known and known[name] is None:
            return None
        return [known[name]] if name in known else []  # type: ignore[list-item]

    return spf.questions(spf.read(text) or [], texts)


def test_questions_are_counted_over_all_includes() -> None:
    assert count("v=spf1 ip4:192.0.2.1 -all") == 0
    assert (
        count("v=spf1 a mx include:x.example -all", x_example="v=spf1 a:y.example exists:z.example -all") == 5
    )
    assert count("v=spf1 redirect=x.example", x_example="v=spf1 mx -all") == 2


def test_a_receiver_stops_after_ten_questions_or_two_empty_ones() -> None:
    count("v=spf1 " + "a:x.example " * 10 + "-all")
    with pytest.raises(spf.TooMany):
        count("v=spf1 " + "a:x.example " * 11 + "-all")
    with pytest.raises(spf.TooMany):
        count("v=spf1 include:a.example include:b.example include:c.example -all")
    with pytest.raises(spf.TooMany):
        count("v=spf1 include:a.example -all", a_example="v=spf1 include:a.example -all")
    with pytest.raises(spf.NoAnswer):
        count("v=spf1 include:a.example -all", a_example=None)
