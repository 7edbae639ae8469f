"""DMARC by RFC 9989: which record counts, and which holds for a domain."""

import pytest

from mailexpert.mail import dmarc


def world(**records: str | list[str]):
    """Names with "_" for "." to their records."""
    known = {
        name.replace("_", "."): [text] if isinstance(text, str) else text for name, text in records.items()
    }
    return lambda name: known.get(name.removeprefix("_dmarc."), [])


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("v=DMARC1; p=none", "none"),
        ("v=DMARC1;p=reject", "reject"),
        ("v=DMARC1; p=Quarantine; rua=mailto:a@b.example", "quarantine"),
        ("v = DMARC1 ; p = reject ; unknown=1", "reject"),
        ("v=DMARC1; rua=mailto:a@b.example", "none"),
        ("v=DMARC1", "none"),
        ("v=DMARC1; p=weg; rua=mailto:a@b.example", "none"),
        ("v=DMARC1; p=weg", None),
        ("p=none; v=DMARC1", None),
        ("v=dmarc1; p=none", None),
        ("v=DMARC12; p=none", None),
        ("v=spf1 -all", None),
        ("", None),
    ],
)
def test_a_record_is_one_or_is_none(text: str, policy: str | None) -> None:
    found = dmarc.read(text)
    assert (found.policy if found else None) == policy


def test_every_tag_is_read_and_old_ones_are_named() -> None:
    found = dmarc.read(
        "v=DMARC1; p=reject; sp=none; np=quarantine; adkim=s; aspf=s; t=y; psd=n; pct=50; ri=9; rf=x"
    )
    assert found == dmarc.Record(
        policy="reject",
        for_subdomains="none",
        for_missing="quarantine",
        is_strict_dkim=True,
        is_strict_spf=True,
        is_test=True,
        suffix="n",
        old_tags=("pct", "rf", "ri"),
    )


def test_without_sp_and_np_the_policy_holds_below_too() -> None:
    found = dmarc.read("v=DMARC1; p=quarantine")
    assert found is not None
    assert (found.for_subdomains, found.for_missing) == ("quarantine", "quarantine")


def test_the_walk_skips_the_middle_of_a_very_long_name() -> None:
    names = dmarc.walk("a.b.c.d.e.f.g.h.i.j.mail.example.com")
    assert names[:2] == ["a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com"]
    assert names[-1] == "com"
    assert len(names) == 8


@pytest.mark.parametrize(
    ("domain", "records", "where", "wanted"),
    [
        ("winkel.example", {"winkel_example": "v=DMARC1; p=reject"}, "winkel.example", "reject"),
        ("news.winkel.example", {"winkel_example": "v=DMARC1; p=reject; sp=none"}, "winkel.example", "none"),
        ("a.b.winkel.example", {"winkel_example": "v=DMARC1; p=reject"}, "winkel.example", "reject"),
        # The shortest name with a record is the organisation's, unless one says otherwise.
        ("a.b.winkel.example", {"b_winkel_example": "v=DMARC1; p=none", "winkel_example": "v=DMARC1; p=reject"},
         "winkel.example", "reject"),
        ("a.b.winkel.example", {"b_winkel_example": "v=DMARC1; p=none; psd=n", "winkel_example": "v=DMARC1; p=reject"},
         "b.winkel.example", "none"),
        # One label under a public suffix, which says what it is.
        ("a.winkel.co.example", {"winkel_co_example": "v=DMARC1; p=none", "co_example": "v=DMARC1; p=reject; psd=y"},
         "winkel.co.example", "none"),
        ("a.winkel.co.example", {"co_example": "v=DMARC1; p=reject; sp=quarantine; psd=y"}, "co.example", "quarantine"),
    ],
)  # fmt: skip
def test_which_record_holds(domain: str, records: dict[str, str], where: str, wanted: str) -> None:
    found = dmarc.discover(domain, world(**records))
    assert found is not None
    assert (found.domain, found.wanted) == (where, wanted)


def test_no_record_up_to_the_root_is_no_policy() -> None:
    assert dmarc.discover("news.winkel.example", world(elders_example="v=DMARC1; p=none")) is None


def test_two_records_and_no_answer_are_said_apart() -> None:
    with pytest.raises(dmarc.Several):
        dmarc.discover("winkel.example", world(winkel_example=["v=DMARC1; p=none", "v=DMARC1; p=reject"]))
    with pytest.raises(dmarc.NoAnswer):
        dmarc.discover("winkel.example", lambda name: None)


@pytest.mark.parametrize(
    ("domain", "signed", "strict", "aligned"),
    [
        ("winkel.example", "winkel.example", True, True),
        ("news.winkel.example", "winkel.example", False, True),
        ("news.winkel.example", "winkel.example", True, False),
        ("winkel.example", "news.winkel.example", False, False),
        ("anderewinkel.example", "winkel.example", False, False),
    ],
)
def test_a_signature_speaks_for_its_domain_and_those_below(
    domain: str, signed: str, strict: bool, aligned: bool
) -> None:
    assert dmarc.is_aligned(domain, signed, strict=strict) is aligned
