"""The words of a form: what a person read is what the proof shows, also after what the words name has changed."""

from datetime import timedelta

from django.core import mail
from django.test import Client

from mailexpert.accounts.models import Account
from mailexpert.base import clock
from mailexpert.contacts import actions, actions_terms, embed, jobs_signup
from mailexpert.contacts.models import Contact, Signup, SignupForm, SignupText
from mailexpert.contacts.proof import pack
from mailexpert.contacts.tests.test_signup import Story, light_work, story  # noqa: F401
from mailexpert.core.scope import account
from mailexpert.operations import promises


def shown(one: Story) -> str:
    """What the proof of the newest contact says that they read."""
    with account(one.tenant.id):
        return str(pack(Contact.objects.order_by("id").last())["ledger"][0]["shown"])


def revision(page: str) -> str:
    return page.partition('name="revision" value="')[2].partition('"')[0]


def test_a_list_that_is_renamed_makes_new_words_and_leaves_the_old_ones(story: Story) -> None:  # noqa: F811
    with account(story.tenant.id):
        code = embed.code_of(SignupForm.objects.get())
        actions.rename_list(story.newsletter.id, "Acties")
    page = story.visitor.get(story.url).content.decode()
    assert "<b>Acties</b>" in page
    story.sign_up(revision=revision(page))
    assert "Acties" in shown(story)
    story.sign_up(email="oud@postvak.example", revision=revision(code), via="embed")
    assert "Nieuwsbrief" in shown(story)
    assert "Acties" not in shown(story)


def test_an_account_that_is_renamed_makes_new_words_too(story: Story) -> None:  # noqa: F811
    with account(story.tenant.id):
        Account.objects.update(name="Winkel Jansen")
    page = story.visitor.get(story.url).content.decode()
    story.visitor.get(story.url)
    with account(story.tenant.id):
        assert SignupText.objects.count() == 2  # once for each, however often it is looked at
    story.sign_up(revision=revision(page))
    assert "Winkel Jansen" in shown(story)


def test_the_version_of_the_privacy_notice_is_shown_and_proven(story: Story) -> None:  # noqa: F811
    with account(story.tenant.id):
        SignupForm.objects.update(privacy_version="mei 2026")
    page = story.visitor.get(story.url).content.decode()
    assert "(mei 2026)" in page
    story.sign_up(revision=revision(page))
    assert "(mei 2026): https://winkel.example/privacy" in shown(story)


def test_an_account_may_keep_unconfirmed_sign_ups_shorter_and_says_so(
    story: Story,  # noqa: F811
    shop_client: Client,
) -> None:
    page = story.visitor.get(story.url).content.decode()
    assert "na 14 dagen" in page
    shop_client.post("/contacten/inactief/", {"months": "24", "signup_days": "7"})
    page = story.visitor.get(story.url).content.decode()
    assert "na 7 dagen" in page
    for email in ("vroeg@postvak.example", "laat@postvak.example"):
        story.fill_in(email, revision=revision(page))
    story.run_jobs()
    assert "na 7 dagen" in str(mail.outbox[-1].body)
    with account(story.tenant.id):
        Signup.objects.filter(email__startswith="vroeg").update(at=clock.now() - timedelta(days=8))
    assert ">1</td>" in shop_client.get("/contacten/inactief/").content.decode().replace("\n", "")
    assert "1  sign-ups that their accounts keep no longer" in "\n".join(promises.silence_told())
    jobs_signup.delete_unconfirmed.run()
    with account(story.tenant.id):
        assert [one.email for one in Signup.objects.all()] == ["laat@postvak.example"]


def test_no_account_keeps_them_longer(story: Story, shop_client: Client) -> None:  # noqa: F811
    answer = shop_client.post("/contacten/inactief/", {"months": "24", "signup_days": "30"})
    assert answer.status_code == 422
    with account(story.tenant.id):
        actions_terms.set_signup_days(30)
        assert actions_terms.signup_days() == 14
