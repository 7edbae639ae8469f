"""Handing messages over: every letter ends in one event, whatever the server says and when."""

from collections import deque
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailexpert.mail.reply import Phase
from mailexpert.mail.smtp import Answer, Closed, Offer, Returned, Transfer, Trouble, Unanswered

PIPELINING = Offer(pipelining=True)


class Mail(NamedTuple):
    sender: bytes
    recipient: bytes
    body: bytes


def mail(number, recipient=None):
    to = recipient if recipient is not None else b"p%d@voorbeeld.example" % number
    return Mail(b"b-%d@winkel.example" % number, to, b"Subject: %d\r\n\r\nDag\r\n" % number)


def begun(offer, *mails):
    """A transfer that has taken its first mail, and what it wrote."""
    waiting = deque(mails)
    transfer = Transfer(offer, lambda: waiting.popleft() if waiting else None)
    transfer.kick()
    return transfer, transfer.output()


def test_an_envelope_is_one_write_and_the_next_one_rides_with_the_body():
    one, two = mail(1), mail(2)
    transfer, wrote = begun(PIPELINING, one, two)
    assert wrote == b"MAIL FROM:<b-1@winkel.example>\r\nRCPT TO:<p1@voorbeeld.example>\r\nDATA\r\n"
    assert transfer.receive(b"250 ok\r\n250 ok\r\n354 go\r\n") == []
    assert transfer.output() == one.body + b".\r\n" + begun(PIPELINING, two)[1]
    told = transfer.receive(b"250 2.0.0 queued\r\n250 ok\r\n250 ok\r\n354 go\r\n")
    assert told == [Answer(one, Phase.DOT, 250, b"2.0.0 queued")]
    assert transfer.output() == two.body + b".\r\n"
    assert transfer.receive(b"250 ok\r\n") == [Answer(two, Phase.DOT, 250, b"ok")]
    assert transfer.is_idle


def test_without_pipelining_each_command_waits_for_its_reply():
    one = mail(1)
    transfer, wrote = begun(Offer(), one, mail(2))
    assert wrote == b"MAIL FROM:<b-1@winkel.example>\r\n"
    for reply, expected in (
        (b"250 ok\r\n", b"RCPT TO:<p1@voorbeeld.example>\r\n"),
        (b"250 ok\r\n", b"DATA\r\n"),
        (b"354 go\r\n", one.body + b".\r\n"),
        (b"250 ok\r\n", b"MAIL FROM:<b-2@winkel.example>\r\n"),
    ):
        transfer.receive(reply)
        assert transfer.output() == expected


def test_a_refused_recipient_whose_data_was_let_through_gets_a_lone_dot():
    one, two = mail(1), mail(2)
    transfer, _wrote = begun(PIPELINING, one, two)
    assert transfer.receive(b"250 ok\r\n550 5.1.1 who?\r\n354 go\r\n") == []
    assert transfer.output() == b".\r\n"
    told = transfer.receive(b"554 no recipients\r\n")
    assert told == [Answer(one, Phase.RECIPIENT, 550, b"5.1.1 who?")]
    assert transfer.output() == begun(PIPELINING, two)[1]


def test_a_refused_recipient_is_followed_by_a_reset():
    one, two = mail(1), mail(2)
    transfer, _wrote = begun(PIPELINING, one, two)
    told = transfer.receive(b"250 ok\r\n550 who?\r\n503 no recipient\r\n")
    assert told == [Answer(one, Phase.RECIPIENT, 550, b"who?")]
    assert transfer.output() == b"RSET\r\n" + begun(PIPELINING, two)[1]
    assert transfer.receive(b"250 reset\r\n250 ok\r\n250 ok\r\n354 go\r\n") == []
    assert transfer.output() == two.body + b".\r\n"


def test_a_refused_sender_needs_no_reset():
    one, two = mail(1), mail(2)
    transfer, _wrote = begun(PIPELINING, one, two)
    told = transfer.receive(b"550 5.7.1 not you\r\n503 no\r\n503 no\r\n")
    assert told == [Answer(one, Phase.SENDER, 550, b"5.7.1 not you")]
    assert transfer.output() == begun(PIPELINING, two)[1]


@pytest.mark.parametrize(
    ("before", "ends"),
    [
        (b"", Returned),
        (b"250 ok\r\n", Returned),
        (b"250 ok\r\n250 ok\r\n", Returned),
        (b"250 ok\r\n250 ok\r\n354 go\r\n", Unanswered),
    ],
)
def test_a_lost_connection_leaves_in_doubt_only_what_had_its_dot(before, ends):
    one = mail(1)
    transfer, _wrote = begun(PIPELINING, one)
    transfer.receive(before)
    assert transfer.lost() == [ends(one), Closed(Trouble.LOST, 0, b"")]
    assert transfer.lost() == []


def test_the_envelope_that_rode_ahead_is_given_back_when_the_line_breaks():
    one, two = mail(1), mail(2)
    transfer, _wrote = begun(PIPELINING, one, two)
    transfer.receive(b"250 ok\r\n250 ok\r\n354 go\r\n")
    assert transfer.lost()[:2] == [Unanswered(one), Returned(two)]


@pytest.mark.parametrize("replies", range(4))
def test_a_server_that_shuts_has_not_taken_the_message(replies):
    one = mail(1)
    transfer, _wrote = begun(PIPELINING, one)
    transfer.receive(b"".join([b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"][:replies]))
    told = transfer.receive(b"421 4.3.2 going\r\n250 ok\r\n")
    assert told == [Returned(one), Closed(Trouble.SHUTTING, 421, b"4.3.2 going")]


def test_a_shutdown_while_idle_ends_quietly():
    transfer, wrote = begun(PIPELINING)
    assert wrote == b""
    assert transfer.receive(b"421 time is over\r\n") == [Closed(Trouble.SHUTTING, 421, b"time is over")]
    assert not transfer.kick()


def test_an_answer_before_nonsense_counts():
    one = mail(1)
    transfer, _wrote = begun(PIPELINING, one)
    transfer.receive(b"250 ok\r\n250 ok\r\n354 go\r\n")
    told = transfer.receive(b"250 queued\r\n\x16\x03\x01 what\r\n")
    assert told[0] == Answer(one, Phase.DOT, 250, b"queued")
    assert told[1].trouble is Trouble.PROTOCOL


@pytest.mark.parametrize(
    ("early", "trouble"),
    [
        (b"250 queued\r\n", Trouble.PROTOCOL),
        (b"421 bye\r\n", Trouble.SHUTTING),
        (b"\x16\x03", Trouble.PROTOCOL),
    ],
)
def test_an_answer_to_a_body_that_nobody_has_sent_yet_is_none(early, trouble):
    one, two = mail(1), mail(2)
    transfer, _wrote = begun(PIPELINING, one, two)
    told = transfer.receive(b"250 ok\r\n250 ok\r\n354 go\r\n" + early + b"\r\n")
    assert told[:2] == [Returned(one), Returned(two)]
    assert told[2].trouble is trouble
    assert transfer.output() == b""


def test_a_message_larger_than_the_server_takes_is_not_offered():
    large, small = Mail(b"b@winkel.example", b"p@voorbeeld.example", b"x" * 2000), mail(2)
    transfer, wrote = begun(Offer(pipelining=True, size=1000), large, small)
    assert wrote.startswith(b"MAIL FROM:<b-2@winkel.example> SIZE=%d\r\n" % len(small.body))
    (answer,) = transfer.told()
    assert (answer.letter, answer.code, answer.phase) == (large, 552, Phase.SENDER)


def test_an_answer_that_nobody_asked_for_ends_the_conversation():
    transfer, _wrote = begun(PIPELINING)
    assert transfer.receive(b"250 hello?\r\n")[0].trouble is Trouble.PROTOCOL


@pytest.mark.parametrize(
    "recipient", [b"a@b.nl>\r\nRCPT TO:<c@d.nl", b"a b@c.nl", b"a@b.nl\n", b"\x00@b.nl", b""]
)
def test_no_recipient_can_be_a_command(recipient):
    wrong, right = mail(1, recipient), mail(2)
    transfer, wrote = begun(PIPELINING, wrong, right)
    assert wrote == begun(PIPELINING, right)[1]
    assert transfer.told()[0] == Answer(wrong, Phase.RECIPIENT, 553, b"5.1.3 not an address")


def test_an_international_address_goes_only_to_a_server_that_takes_it():
    jorg = mail(1, "jörg@voorbeeld.example".encode())
    transfer, wrote = begun(PIPELINING, jorg)
    assert wrote == b""
    assert transfer.receive(b"")[0].text.startswith(b"5.6.7")
    _transfer, wrote = begun(Offer(pipelining=True, smtputf8=True), jorg)
    assert wrote.startswith(b"MAIL FROM:<b-1@winkel.example> BODY=8BITMIME SMTPUTF8\r\n")


def test_reports_are_asked_for_failure_and_delay_alone_and_without_the_body():
    plus = mail(1, b"a+b=c@voorbeeld.example")
    _transfer, wrote = begun(Offer(pipelining=True, dsn=True, size=0), plus)
    assert wrote == (
        b"MAIL FROM:<b-1@winkel.example> SIZE=%d RET=HDRS ENVID=b-1\r\n"
        b"RCPT TO:<a+b=c@voorbeeld.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@voorbeeld.example\r\n"
        b"DATA\r\n" % len(plus.body)
    )


def test_saying_goodbye_gives_back_what_has_no_body_yet():
    one = mail(1)
    transfer, _wrote = begun(PIPELINING, one)
    assert transfer.quit() == [Returned(one), Closed(Trouble.NONE, 0, b"")]
    transfer, _wrote = begun(PIPELINING)
    assert transfer.quit() == [Closed(Trouble.NONE, 0, b"")]
    assert transfer.output() == b"QUIT\r\n"


def test_each_awaited_reply_has_its_patience():
    transfer, _wrote = begun(PIPELINING, mail(1))
    assert transfer.patience == 300.0
    transfer.receive(b"250 ok\r\n250 ok\r\n")
    assert transfer.patience == 120.0
    transfer.receive(b"354 go\r\n")
    assert transfer.patience == 600.0
    transfer.receive(b"250 ok\r\n")
    assert transfer.patience is None


class Server:
    """Plays a server by the book, except that each answer is drawn; notes what it accepted."""

    def __init__(self, draw, pipelining):
        self.draw, self.pipelining = draw, pipelining
        self.buffer, self.in_body = b"", False
        self.sender = self.recipient = None
        self.accepted, self.shut = [], False

    def take(self, data):
        self.buffer += data
        out = b""
        while b"\r\n" in self.buffer and not self.shut:
            if self.in_body:
                if self.buffer.startswith(b".\r\n"):
                    body, self.buffer = b"", self.buffer[3:]
                elif b"\r\n.\r\n" in self.buffer:
                    body, _dot, self.buffer = self.buffer.partition(b"\r\n.\r\n")
                else:
                    break
                out += self.body(body)
            else:
                assert self.pipelining or self.buffer.count(b"\r\n") == 1
                line, _end, self.buffer = self.buffer.partition(b"\r\n")
                out += self.command(line)
        return out

    def reply(self, *choices):
        made = self.draw(st.sampled_from(choices))
        self.shut = made.startswith(b"421")
        return made + b"\r\n"

    def command(self, line):
        if line.startswith(b"MAIL FROM:<"):
            assert self.sender is None, "nested MAIL"
            made = self.reply(b"250 ok", b"250-ok\r\n250 really", b"451 later", b"550 no", b"421 bye")
            self.sender = line if made[:1] == b"2" else None
        elif line.startswith(b"RCPT TO:<"):
            if self.sender is None:
                return b"503 first MAIL\r\n"
            made = self.reply(b"250 ok", b"251 forwarded", b"450 4.2.1 later", b"550 5.1.1 no", b"421 bye")
            self.recipient = line[9:-1] if made[:1] == b"2" else None
        elif line == b"DATA":
            choices = (
                [b"354 go", b"451 later", b"421 bye"] if self.recipient else [b"354 go", b"503 no", b"554 no"]
            )
            made = self.reply(*choices)
            self.in_body = made[:3] == b"354"
        else:
            assert line == b"RSET", line
            self.sender = self.recipient = None
            return b"250 ok\r\n"
        return made

    def body(self, body):
        self.in_body = False
        made = self.reply(b"250 queued", b"250 queued", b"451 later", b"552 too large", b"421 bye")
        if self.recipient is None:
            assert body == b"", "a body for nobody"
            made, self.shut = b"554 no recipients\r\n", False
        elif made[:1] == b"2":
            self.accepted.append(self.recipient)
        self.sender = self.recipient = None
        return made


@settings(max_examples=300)
@given(st.data(), st.booleans(), st.integers(1, 8))
def test_every_letter_ends_once_and_as_the_server_saw_it(data, pipelining, count):
    mails = [mail(n) for n in range(count)]
    waiting = deque(mails)
    transfer = Transfer(Offer(pipelining=pipelining), lambda: waiting.popleft() if waiting else None)
    server = Server(data.draw, pipelining)
    transfer.kick()
    events = []
    for _turn in range(100):
        answer = server.take(transfer.output())
        cut = data.draw(st.integers(0, len(answer)))
        events += transfer.receive(answer[:cut]) + transfer.receive(answer[cut:])
        if transfer.is_idle or any(isinstance(event, Closed) for event in events):
            break
    events += transfer.lost()
    ended = [event.letter for event in events if not isinstance(event, Closed)]
    assert sorted([*ended, *waiting]) == sorted(mails)
    delivered = [
        e.letter.recipient for e in events if isinstance(e, Answer) and e.phase is Phase.DOT and e.code < 300
    ]
    assert delivered == server.accepted
    assert not any(isinstance(event, Unanswered) for event in events)
    assert sum(isinstance(event, Closed) for event in events) == 1


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(st.binary(max_size=40), st.sampled_from([b"250 ok\r\n", b"354 go\r\n", b"550 no\r\n"]))
    )
)
def test_no_bytes_break_the_conversation(chunks):
    one, two = mail(1), mail(2)
    transfer, _wrote = begun(PIPELINING, one, two)
    events = [event for chunk in chunks for event in transfer.receive(chunk)] + transfer.lost()
    assert sum(isinstance(event, Closed) for event in events) == 1
    assert len({event.letter for event in events if not isinstance(event, Closed)}) <= 2


@pytest.mark.parametrize("cut", [1, 5, 12, 30, 43])
def test_replies_in_one_piece_come_to_the_same_as_in_two(cut):
    replies = b"250 2.0.0 queued\r\n250 ok\r\n250 ok\r\n354 go\r\n"
    came = []
    for pieces in ((replies,), (replies[:cut], replies[cut:])):
        transfer, _wrote = begun(PIPELINING, mail(1), mail(2), mail(3))
        transfer.receive(b"250 ok\r\n250 ok\r\n354 go\r\n")
        transfer.output()
        told = [event for piece in pieces for event in transfer.receive(piece)]
        came.append((told, transfer.output(), transfer.awaits_dot, transfer.patience))
    assert came[0] == came[1]
    assert came[0][0] == [Answer(mail(1), Phase.DOT, 250, b"2.0.0 queued")]
