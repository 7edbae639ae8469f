"""What only Liquid can write is written once for all who have the same fields there, what isn't its work is put in
afterwards, and both read as Liquid would have it."""

import datetime as dt
import email
import email.policy
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from liquid.builtin.expressions.logical import ContainsExpression

from mailexpert.mail import filling, links
from mailexpert.mail.compose import Composer, IssueContent, Message
from mailexpert.mail.conditions import Conditions
from mailexpert.mail.outputs import compile_part, normalise
from mailexpert.mail.personalise import Limited, RenderProblem, render_html, render_text, value_of

KEY = b"k" * 32
NOW = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)
STOP, CHOICES = "https://t.winkel.example/t/u/", "https://t.winkel.example/t/p/"


def composer(text: str, *, html: str = "", subject: str = "x") -> Composer:
    return Composer(
        IssueContent(
            issue_id=7,
            account_id=3,
            sender_name="Winkel",
            sender_address="nieuws@winkel.example",
            subject=subject,
            html=f"<html><body>{html}</body></html>",
            text=text,
            track_url="https://t.winkel.example",
        ),
        KEY,
    )


def drafted(made: Composer, people: Sequence[dict]):
    ids = range(1, len(people) + 1)
    rows = [tuple(person.get(name) for name in made.columns) for person in people]
    return made.draft(ids, [f"p{n}@voorbeeld.example" for n in ids], rows, NOW)


def mails(made: Composer, people: Sequence[dict]):
    draft = drafted(made, people)
    draft.fill([made.render(wanted) for wanted in draft.wanted])
    return [read(message) for message in draft.messages()]


def read(message: Message):
    return email.message_from_bytes(message.body, policy=email.policy.default)


def part(mail, kind):
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def passages(source: str):
    addresses = {"unsubscribe_url": STOP, "preferences_url": CHOICES}
    return compile_part(source, html=False, addresses=addresses, conditions=Conditions()).passages


# ── what is written once ──

NAME = "{{ contact.name | slice: 0, 9 }}"  # a filter that is Liquid's work


def test_who_has_the_same_fields_is_written_for_once():
    made = composer("{% if contact.city == 'Delft' %}Dag Delft{% else %}Dag " + NAME + "{% endif %}")
    people = [
        {"city": "Delft", "name": "Jan"},
        {"city": "Delft", "name": "Jan"},
        {"city": "Zwolle", "name": "Jan"},
    ]
    assert len(drafted(made, people).wanted) == 2
    assert [part(mail, "plain").split("\n")[0] for mail in mails(made, people)] == ["Dag Delft"] * 2 + [
        "Dag Jan"
    ]
    assert not drafted(made, people).wanted


def test_a_field_that_stands_outside_makes_no_difference_to_a_passage():
    made = composer("{{ contact.city }}" + NAME)
    assert len(drafted(made, [{"city": f"Stad {n}", "name": "Jan"} for n in range(50)]).wanted) == 1


def test_one_and_true_and_one_point_zero_are_three_people():
    made = composer("{% if contact.a == true %}ja{% else %}{{ contact.a }}{% endif %}.")
    shown = [part(mail, "plain").split(".")[0] for mail in mails(made, [{"a": 1}, {"a": True}, {"a": 1.5}])]
    assert shown == ["1", "ja", "1"]
    assert len(drafted(composer("{{ contact.a | slice: 0, 9 }}"), [{"a": 1}, {"a": True}]).wanted) == 2


def test_a_value_that_can_be_no_key_is_written_for_each():
    made = composer("{% for one in contact.a %}{{ one }},{% endfor %}")
    assert [part(mail, "plain").split("\n")[0] for mail in mails(made, [{"a": [1]}, {"a": [2, 3]}])] == [
        "1,",
        "2,3,",
    ]


def test_what_reads_the_clock_or_shows_the_way_out_is_written_anew():
    for source in ("{{ 'now' | date: '%H' }}", "{{ unsubscribe_url | upcase }}", "{{ now | slice: 0, 4 }}"):
        made = composer(source)
        mails(made, [{}])
        assert drafted(made, [{}]).wanted


def test_each_reader_gets_the_own_way_out_inside_a_condition():
    made = composer("{% if contact.a %}{{ unsubscribe_url | upcase }} {{ unsubscribe_url }}{% endif %}")
    for contact, mail in enumerate(mails(made, [{"a": "x"}] * 2), start=1):
        token = links.stop_token(KEY, 7, contact)
        assert part(mail, "plain").startswith(f"{(STOP + token).upper()} {STOP}{token}\n")


def test_a_comment_is_no_work_for_liquid():
    assert composer("{% comment %}{{ contact.a }}{% endcomment %}Dag {% # niets %}{{ contact.a }}").is_fast


def test_passages_that_share_what_they_remember_are_one():
    of_b = "{{ contact.b | slice: 0, 9 }}"
    source = "{% assign x = contact.a %}" + of_b + "{% if x == 'y' %}Y{% endif %}" + of_b
    assert [(passage.fields, passage.places) for passage in passages(source)] == [(("a",), 2), (("b",), 2)]


def test_a_loop_that_goes_on_where_another_ended_stays_with_it():
    loop = "{%% for n in (1..4) %s %%}{{ n }}{%% endfor %%}"
    (mail,) = mails(composer(loop % "limit: 2" + "-" + loop % "offset: continue"), [{}])
    assert part(mail, "plain").startswith("12-34")


@pytest.mark.parametrize("source", ["{{ contact | size }}", "{{ contact.size }}", "{{ contact[contact.a] }}"])
def test_who_may_read_any_field_is_told_all(source):
    assert [passage.fields for passage in passages(source)] == [None]


# ── what isn't Liquid's work ──


def test_a_field_shown_in_a_loop_leaves_one_loop_for_everybody():
    made = composer("{% for n in (1..2) %}{{ n }} {{ contact.name }}, {% endfor %}")
    people = [{"name": f"Naam {n}"} for n in range(50)]
    assert len(drafted(made, people).wanted) == 1
    assert part(mails(made, people)[7], "plain").startswith("1 Naam 7, 2 Naam 7,")


def test_a_mail_inside_conditions_on_what_differs_for_everybody_is_no_work_for_other_processes():
    inner = (
        "{% case contact.city %}{% when 'Delft', 'Ede' %}thuis{% else %}uit{% endcase %} {{ contact.name }}"
    )
    made = composer("{% if contact.name != '' %}" + inner + "{% else %}niemand{% endif %}")
    people = [{"name": f"Naam {n}", "city": ("Ede", "Urk")[n % 2]} for n in range(50)] + [{"name": ""}]
    assert made.is_fast
    assert not drafted(made, people).wanted
    told = [part(mail, "plain").split("\n")[0] for mail in mails(made, people)]
    assert (told[0], told[49], told[50]) == ("thuis Naam 0", "uit Naam 49", "niemand")


def test_the_same_condition_is_decided_once_for_both_parts(monkeypatch):
    source = "{% if contact.name contains 'a' %}ja{% endif %}"
    made, asked = composer(source, html=source), []
    decide = ContainsExpression.evaluate
    monkeypatch.setattr(
        ContainsExpression, "evaluate", lambda self, context: asked.append(1) or decide(self, context)
    )
    mails(made, [{"name": "Jan"}, {"name": "Jan"}, {"name": "Piet"}])
    assert len(asked) == 2


def test_a_condition_that_can_not_be_decided_spoils_the_mail_of_who_comes_to_it():
    made = composer("{% if contact.b %}{% if contact.a < 5 %}klein{% endif %}{% endif %}")
    people = [{"a": "x", "b": None}, {"a": "x", "b": "ja"}, {"a": 3, "b": "ja"}]
    draft = drafted(made, people)
    messages = draft.messages()
    assert "klein" not in part(read(next(messages)), "plain")
    with pytest.raises(RenderProblem, match="not supported between"):
        next(messages)
    assert part(read(next(messages)), "plain").startswith("klein")


def test_conditions_that_look_at_too_much_are_work_for_other_processes():
    condition = "{% if " + " and ".join(["contact.a == 'x'"] * 120) + " %}ja{% endif %}"
    made = composer(condition)
    assert not made.is_fast
    assert part(mails(made, [{"a": "x"}])[0], "plain").startswith("ja")


# ── its ceilings ──


def test_a_template_that_could_be_much_work_is_counted_as_one():
    loop = "{% for a in (1..99) %}{{ a | plus: 1 | plus: 1 | plus: 1 | plus: 1 }}{% endfor %}"
    made = composer(loop * 40)
    assert len(made.passages) == 1
    with pytest.raises(RenderProblem, match="too much work"):
        next(made.compose([1], ["a@b.nl"], [()], NOW))


def test_passages_may_not_be_more_together_than_one_of_them():
    one = "{%% if contact.%s %%}{%% for n in (1..60) %%}{{ contact.%s }}{%% endfor %%}{%% endif %%}"
    made = composer(one % ("a", "a") + one % ("b", "b"))
    large = "x" * (Limited.output_stream_limit // 100)
    people = [{"a": large, "b": large}, {"a": large, "b": "y"}]
    draft = drafted(made, people)
    draft.fill([made.render(wanted) for wanted in draft.wanted])
    messages = draft.messages()
    with pytest.raises(RenderProblem, match="limit"):
        next(messages)
    assert len(next(messages).body) > len(large)


def test_values_that_are_put_in_afterwards_count_too():
    made = composer("{% for n in (1..60) %}{{ contact.a }}{% endfor %}" * 2)
    large = "x" * (Limited.output_stream_limit // 100)
    messages = made.compose([1, 2], ["a@b.nl"] * 2, [(large,), ("y",)], NOW)
    with pytest.raises(RenderProblem, match="limit"):
        next(messages)
    assert next(messages).body


def test_what_is_kept_has_an_end(monkeypatch):
    monkeypatch.setattr(filling, "MOST_KEPT", 2_000)
    made = composer("{{ contact.a | slice: 0, 99 }}")
    mails(made, [{"a": "eerste"}])
    assert not drafted(made, [{"a": "eerste"}]).wanted
    mails(made, [{"a": f"lezer {n}"} for n in range(30)])
    assert drafted(made, [{"a": "eerste"}]).wanted


# ── any template reads as Liquid has it ──

INNER = st.sampled_from(
    [
        "{{ contact.a }}",
        "{{ contact.b | upcase }}",
        "{{ x }}",
        "{{ n }}",
        "{{ forloop.index }}",
        "{% assign x = contact.a %}",
        "{% increment k %}",
        " é & <b>\n",
        ".\n",
        "{{ unsubscribe_url }}",
        "{{ preferences_url }}",
    ]
)
WRAPS = st.sampled_from(
    [
        "%s",
        "{%% if contact.a %%}%s{%% else %%}anders{%% endif %%}",
        "{%% unless contact.b == 'ja' %%}%s{%% endunless %%}",
        "{%% for n in (1..3) %%}%s{%% if n == 2 %%}{%% break %%}{%% endif %%}{%% endfor %%}",
        "{%% case contact.b %%}{%% when 'ja' %%}%s{%% when 1 %%}een{%% endcase %%}",
        "{%% capture x %%}%s{%% endcapture %%}",
        "{%% assign x = contact.b %%}%s",
        "{%% comment %%}%s{%% endcomment %%}",
        "{%% for n in (1..4) limit: 2 %%}%s{%% endfor %%}{%% for n in (1..4) offset: continue %%}%s{%% endfor %%}",
    ]
)
NODES = st.tuples(WRAPS, INNER).map(lambda both: both[0].replace("%s", both[1]).replace("%%", "%"))
VALUES = st.sampled_from([None, "", "ja", "A & B", "é\n.x", 1, True, 1.0, 2.5, dt.date(2026, 11, 28)])


CONDITIONS = st.sampled_from(
    [
        "contact.a",
        "contact.a == contact.b",
        "contact.a != 'ja' and contact.b",
        "contact.a < 2 or contact.b == blank",
        "contact.a contains 'j'",
        "'jaja' contains contact.b",
        "contact.a.size > 1",
        "x == contact.a",
        "forloop.first and contact.b == 'ja'",
        "contact.b == 'A & B'",
    ]
)
BRANCHES = st.sampled_from(
    [
        "{% if CONDITION %}INNER{% elsif contact.b == 1 %}één{% else %}INNER en meer{% endif %}",
        "{% unless CONDITION %}INNER, en nog wat tekst die voor iedereen gelijk is.\n{% endunless %}",
        "{% for contact in (1..2) %}{{ contact.a }}{% if CONDITION %}INNER{% endif %}{% endfor %}",
        "{% case contact.a %}{% when 'ja', contact.b %}INNER{% when 1 or 'ja' %}één{% else %}-{% endcase %}",
        "{% capture x %}{% if CONDITION %}INNER{% endif %}{% endcapture %}{{ x | upcase }}",
    ]
)


def _with_condition(both: tuple[str, str, str]) -> str:
    branch, condition, inner = both
    return branch.replace("CONDITION", condition).replace("INNER", inner)


def _branching(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(BRANCHES, CONDITIONS, inner | st.lists(inner, max_size=3).map("".join)).map(
        _with_condition
    )


SOURCES = st.lists(NODES | st.recursive(INNER, _branching, max_leaves=5), min_size=1, max_size=6).map("".join)


def as_liquid_has_it(source, person, stop):
    """Text and HTML, or None where Liquid can't make one of them."""
    own = {"unsubscribe_url": stop, "preferences_url": stop.replace(STOP, CHOICES)}
    told = {name: value_of(value) for name, value in person.items()}
    try:
        return [normalise(render(source, told, **own)) for render in (render_text, render_html)]
    except RenderProblem:
        return None


def made_or_none(messages):
    try:
        return read(next(messages))
    except RenderProblem:
        return None


REMEMBERED = (
    "{% assign x = contact.a %}{% for n in (1..2) %}{{ n }}{{ x }}{{ y }}{{ contact.b }}{% endfor %}{{ x }}"
)


@settings(max_examples=250)
@given(SOURCES, st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5))
@example("{% assign x = contact.a %}{% if x == 'ja' %}J{% endif %}", [("ja", "nee"), ("", "nee")])
@example("{% if contact.a %}{% assign x = contact.b %}{% endif %}{{ x }}", [("ja", "nee"), ("", "nee")])
@example(
    REMEMBERED, [("A & B", None), (True, 1.0), (None, "<b>"), (2.5, "é\n.x"), (dt.date(2026, 11, 28), 1)]
)
def test_any_template_reads_as_liquid_alone_has_it(source, people):
    made = composer(source, html=source, subject="{% if contact.a %}A{% endif %}")
    given_people = [{"a": a, "b": b} for a, b in people]
    for turn in range(2):  # the second time what is kept is read
        draft = drafted(made, given_people)
        draft.fill([made.render(wanted) for wanted in draft.wanted])
        messages = draft.messages()
        for contact, person in enumerate(given_people, start=1):
            mail = made_or_none(messages)
            expected = as_liquid_has_it(source, person, STOP + links.stop_token(KEY, 7, contact))
            assert (mail is None) == (expected is None), turn
            if mail is not None and expected is not None:
                assert part(mail, "plain").startswith(expected[0].rstrip("\n")), turn
                assert f"<body>{expected[1]}" in part(mail, "html").replace("\r\n", "\n"), turn
