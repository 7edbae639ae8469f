"""What a mail server's answer means, as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail.reply import Blame, Phase, Result, enhanced_code, judge, stated_wait

D, C, P, M = "delivered", "connection", "provider", "message"
CONFIG = "configuration"
TABLE = [
    # phase, code, words, result, blame
    ("dot", 250, "2.0.0 Ok: queued as 4F", "delivered", "nobody"),
    ("dot", 250, "", "delivered", "nobody"),
    ("recipient", 550, "5.1.1 <x@y.nl>: User unknown", "failed", M),
    ("recipient", 550, "no such user", "failed", M),
    ("recipient", 550, "5.1.10 null MX", "failed", M),
    ("recipient", 553, "5.6.7 no SMTPUTF8", "failed", M),
    ("recipient", 525, "5.7.13 account disabled", "failed", M),
    ("dot", 552, "5.3.4 message too big", "failed", M),
    ("dot", 554, "5.7.1 message looks like spam", "failed", M),
    ("dot", 554, "5.6.0 bad content", "failed", M),
    ("recipient", 552, "5.2.2 mailbox full", "deferred", M),
    ("recipient", 552, "Mailbox full", "deferred", M),
    ("recipient", 452, "4.2.2 over quota", "deferred", M),
    ("recipient", 450, "4.2.0 Greylisted, see http://postgrey.example", "deferred", M),
    ("recipient", 451, "4.7.1 Greylisting in action, try again in 300 seconds", "deferred", M),
    ("recipient", 451, "local error", "deferred", M),
    ("recipient", 451, "4.4.1 connection timed out", "deferred", M),
    ("recipient", 450, "4.2.1 The user is receiving mail at a rate that", "deferred", P),
    ("dot", 421, "4.7.28 unusual rate of unsolicited mail", "deferred", C),
    ("dot", 451, "4.7.650 temporarily rate limited", "deferred", P),
    ("dot", 550, "5.7.28 unusual rate of unsolicited mail", "deferred", P),
    ("recipient", 554, "5.7.1 Service unavailable; client blocked using zen.spamhaus.example", "deferred", P),
    ("recipient", 452, "4.3.1 insufficient system storage", "deferred", C),
    ("recipient", 421, "too many connections", "deferred", C),
    ("greeting", 554, "no service for you", "deferred", C),
    ("hello", 550, "5.7.1 bad name", "deferred", C),
    ("login", 535, "5.7.8 bad credentials", "deferred", CONFIG),
    ("sender", 530, "5.7.0 authentication required", "deferred", CONFIG),
    ("sender", 550, "5.1.0 sender rejected", "deferred", CONFIG),
    ("sender", 550, "5.1.1 unknown user", "deferred", CONFIG),
    ("sender", 451, "4.3.0 later", "deferred", C),
    ("sender", 552, "5.3.4 message size exceeds fixed limit", "failed", M),
    ("sender", 552, "message size exceeds fixed maximum message size", "failed", M),
    ("sender", 550, "5.2.3 larger than this mailbox takes", "failed", M),
    ("sender", 552, "5.2.0 you sent too many", "deferred", CONFIG),
    ("sender", 452, "4.3.1 insufficient system storage", "deferred", C),
    ("recipient", 554, "5.7.1 <x@y.nl>: Relay access denied", "deferred", CONFIG),
    ("recipient", 550, "Unable to relay", "deferred", CONFIG),
    ("dot", 550, "5.7.26 unauthenticated email is not accepted due to DMARC policy", "deferred", CONFIG),
    ("dot", 550, "5.7.515 access denied", "deferred", CONFIG),
    ("dot", 550, "5.7.1 fails DMARC", "deferred", CONFIG),
    ("recipient", 503, "5.5.1 bad sequence", "failed", CONFIG),
    ("recipient", 554, "5.4.6 mail loops back", "failed", CONFIG),
    ("recipient", 250, "ok", "deferred", M),
    ("dot", 0, "", "deferred", M),
]


@pytest.mark.parametrize(("phase", "code", "words", "result", "blame"), TABLE)
def test_what_a_reply_means(phase, code, words, result, blame):
    verdict = judge(code, words.encode(), Phase(phase))
    assert (verdict.result, verdict.blame) == (result, blame)


@pytest.mark.parametrize(
    ("text", "code", "enhanced"),
    [
        (b"5.1.1 unknown", 550, "5.1.1"),
        (b"550-5.1.1 unknown\n550 5.1.1 really", 550, "5.1.1"),
        (b"5.01.001 zeroes", 550, "5.1.1"),
        (b"blocked [4.2.1.9]", 550, ""),
        (b"5.6.7.8 is blocked", 550, ""),
        (b"host 192.5.6.7 said no", 550, ""),
        (b"5.1.1 of another class", 450, ""),
        (b"3.1.1", 0, ""),
        (b"5.1.1", 0, "5.1.1"),
    ],
)
def test_the_enhanced_code_stands_at_the_start_and_fits_the_basic_one(text, code, enhanced):
    assert enhanced_code(text, code) == enhanced


@given(st.integers(0, 999), st.binary(max_size=80), st.sampled_from(Phase))
def test_no_reply_is_without_a_verdict(code, text, phase):
    verdict = judge(code, text, phase)
    if verdict.result is Result.DELIVERED:
        assert code // 100 == 2
        assert phase is Phase.DOT
    if verdict.result is Result.FAILED:
        assert code // 100 == 5
        assert phase not in (Phase.GREETING, Phase.HELLO, Phase.LOGIN)
        assert phase is not Phase.SENDER or verdict.blame is Blame.MESSAGE
    assert (verdict.blame is Blame.NOBODY) == (verdict.result is Result.DELIVERED)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (b"4.7.1 Greylisted, try again in 300 seconds", 300.0),
        (b"retry after 5 minutes", 300.0),
        (b"wait for 90s", 90.0),
        (b"try later", None),
        (b"in 99999999 seconds", None),
    ],
)
def test_a_stated_wait_is_read(text, seconds):
    assert stated_wait(text) == seconds
