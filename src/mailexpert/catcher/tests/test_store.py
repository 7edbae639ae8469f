import pytest

from mailexpert.catcher import store


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        (b"=?utf-8?q?Caf=C3=A9?=", "Café"),
        (b"=?utf-8?B?VHVs?=\r\n =?utf-8?B?cGVu?=", "Tulpen"),
        (b"=?none?q?a?=", "=?none?q?a?="),
        (b"plain\0 text", "plain text"),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_a_subject_is_read_as_people_read_it(coded: bytes, text: str) -> None:
    assert store.readable(coded) == text
