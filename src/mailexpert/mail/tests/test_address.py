"""What is an address, in which form it is kept, and that nothing can be slipped in with it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailexpert.mail.address import LONGEST, Address, AddressProblem, Sender, mask, parse, parse_sender


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("jan@voorbeeld.nl", "jan@voorbeeld.nl"),
        ("  Jan.Jansen+nieuws@Voorbeeld.NL\t", "Jan.Jansen+nieuws@voorbeeld.nl"),
        ("o'brien_{x}=1@a-b.co.uk", "o'brien_{x}=1@a-b.co.uk"),
        ("info@café.nl", "info@xn--caf-dma.nl"),
        ("info@cafe\u0301.nl", "info@xn--caf-dma.nl"),
        ("info@BÜCHER.example", "info@xn--bcher-kva.example"),
        ("x@XN--bcher-kva.XN--p1ai", "x@xn--bcher-kva.xn--p1ai"),
        ("jan@voorbeeld。nl", "jan@voorbeeld.nl"),
    ],
)
def test_one_form_for_each_address(typed, kept):
    assert parse(typed) == Address(kept, needs_smtputf8=False)


def test_a_local_part_beyond_ascii_needs_smtputf8_and_is_kept_composed():
    assert parse("jo\u0308rg@voorbeeld.nl") == Address("jörg@voorbeeld.nl", needs_smtputf8=True)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("jan", "no_at"),
        ("jan@", "bad_domain"),
        ("@voorbeeld.nl", "bad_local"),
        ("jan@voorbeeld", "bad_domain"),
        ("jan@localhost.1", "bad_domain"),
        ("jan@[127.0.0.1]", "bad_domain"),
        ("jan@-a.nl", "bad_domain"),
        ("jan@a..nl", "bad_domain"),
        ("jan@voorbeeld.nl.", "bad_domain"),
        ("jan@a_b.nl", "bad_domain"),
        ("jan@☃-\u0378.nl", "bad_domain"),
        (".jan@a.nl", "bad_local"),
        ("jan.@a.nl", "bad_local"),
        ("j..an@a.nl", "bad_local"),
        ("jan jansen@a.nl", "bad_local"),
        ('"jan"@a.nl', "bad_local"),
        ("a@b@c.nl", "bad_local"),
        ("jan <jan@a.nl>", "bad_local"),
        ("jan@a.nl, piet@a.nl", "bad_local"),
        ("x" * 65 + "@a.nl", "bad_local"),
        ("x@" + "a." * 130 + "nl", "bad_domain"),
        ("x" * 60 + "@" + ("b" * 60 + ".") * 3 + "voorbeeld.nl", "too_long"),
        ("x" * 5_000 + "@a.nl", "too_long"),
        ("jan@a.nl\n", "control"),
        ("\r\njan@a.nl", "control"),
        ("jan\x00@a.nl", "control"),
        ("jan@a.nl\r\nBcc: x@y.nl", "control"),
        ("jan\u2028@a.nl", "control"),
        ("jan\u202e@a.nl", "control"),
        ("jan\ud800@a.nl", "control"),
        ("jan\ue003@a.nl", "control"),
    ],
)
def test_what_is_no_address_says_why(typed, code):
    with pytest.raises(AddressProblem) as found:
        parse(typed)
    assert found.value.code == code


@given(st.text(max_size=60) | st.from_regex(r"[a-zé.]{1,8}@[a-zé.-]{1,12}\.nl", fullmatch=True))
@example("a@b.nl\x85")
@example("a@xn--.nl")
def test_whatever_is_typed_is_refused_or_safe_and_stable(typed):
    try:
        found = parse(typed)
    except AddressProblem:
        return
    assert parse(found.text) == found
    assert re.fullmatch(r"[^\s<>\x00-\x20]+@[a-z0-9.-]+", found.text)
    assert len(found.text.encode()) <= LONGEST
    assert found.needs_smtputf8 is not found.text.isascii()


def test_case_makes_no_other_person():
    assert parse("Jan@a.nl").key == parse("jan@A.NL").key


@pytest.mark.parametrize(
    ("typed", "name", "address"),
    [
        ("nieuws@a.nl", "", "nieuws@a.nl"),
        ("Winkel de Vriés <nieuws@a.nl>", "Winkel de Vriés", "nieuws@a.nl"),
        ('"Vries, de \\"Jan\\"" <nieuws@a.nl>', 'Vries, de "Jan"', "nieuws@a.nl"),
        ("<nieuws@a.nl>", "", "nieuws@a.nl"),
        ("A <b> C <nieuws@a.nl>", "A <b> C", "nieuws@a.nl"),
        ("Winkel 👩‍🌾 <nieuws@a.nl>", "Winkel 👩‍🌾", "nieuws@a.nl"),
    ],
)
def test_a_sender_has_a_name_or_none(typed, name, address):
    found = parse_sender(typed)
    assert found == Sender(name, Address(address, needs_smtputf8=False))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Jan\r\nBcc: x@y.nl <jan@a.nl>", "control"),
        ("Jan <jan@a.nl\r\nBcc: x@y.nl>", "control"),
        ("Jan\x00 <jan@a.nl>", "control"),
        ("Jan <>", "empty"),
        ("Jan <jan>", "no_at"),
        ("N" * 2_000 + " <jan@a.nl>", "too_long"),
    ],
)
def test_a_wrong_sender_says_why(typed, code):
    with pytest.raises(AddressProblem) as found:
        parse_sender(typed)
    assert found.value.code == code


@given(st.text(max_size=60))
def test_no_sender_holds_a_line_break(typed):
    try:
        found = parse_sender(typed + " <a@b.nl>")
    except AddressProblem:
        return
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", found.name)


def test_a_mask_leaves_the_first_letter_and_the_domain():
    assert mask("jan.jansen@voorbeeld.nl") == "j***@voorbeeld.nl"
    assert mask("geen adres") == "geen adres"
