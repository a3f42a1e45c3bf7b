"""An invitation that is taken up with a force account."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from neighbourhoods.notifications import send_due
from teams.models import AuditEvent, Invitation, Session, User
from teams.services.invitations import invite_member
from tests.factories.teams import PASSWORD, MemberFactory, UserFactory
from tests.teams.acting import client_of
from tests.teams.single_sign_on.acting import (
    RETURN,
    SUBJECT,
    begun,
    is_refused,
    linked,
    signed_in_by,
    who_is_in,
)
from tests.teams.test_sign_in import code

pytestmark = pytest.mark.django_db
INVITATION, ENROL = "/staff/invitation/", "/staff/enrol/"


@pytest.fixture
def member():
    return MemberFactory(name="Kit Amberlow")


@pytest.fixture
def link(member, mailoutbox) -> str:
    return mailed_link(member, mailoutbox)


def mailed_link(member, mailoutbox) -> str:
    now = timezone.now()
    invite_member(member=member, email="kit@example.org", language="en-gb", by=None, now=now)
    send_due(now=now)
    return re.search(r"/staff/invitation/[\w-]{43}/", mailoutbox[-1].body)[0]


def take_up(client: Client, issuer, link: str, subject: str = SUBJECT):
    client.get(link)
    return client.get(RETURN, issuer.authorise(begun(client, invitation="yes"), subject))


def test_from_the_mail_by_the_force_account_to_a_second_factor(client, issuer, member, link):
    page = client.get(link, follow=True)
    assert "Continue with your force account" in page.content.decode()
    assert f"form-action 'self' {issuer.url}" in page["Content-Security-Policy"]

    response = take_up(client, issuer, link)

    assert (response.status_code, response["Location"]) == (302, ENROL)
    user = User.objects.get(member=member)
    assert (user.has_usable_password(), who_is_in(client)) == (False, user)
    assert client.get("/staff/recovery-codes/")["Location"] == ENROL
    secret = client.get(ENROL).context["form"].secret
    assert client.post(ENROL, {"code": code(secret)})["Location"] == "/staff/recovery-codes/"
    assert client.get("/staff/recovery-codes/").status_code == 200
    assert list(AuditEvent.objects.order_by("pk").values_list("by", "verb")) == [
        ("(command line)", "invitation.sent"),
        ("kit.amberlow", "invitation.accepted"),
        ("kit.amberlow", "account.linked"),
        ("kit.amberlow", "factor.added"),
    ]


def test_from_then_on_the_force_account_is_the_only_way_in(client, issuer, member, link):
    take_up(client, issuer, link)
    client.post("/staff/sign-out/")
    tried = {"login": "kit@example.org", "password": PASSWORD}
    assert client.post("/staff/sign-in/", tried).status_code == 200

    assert signed_in_by(client, issuer)["Location"] == "/staff/"
    assert who_is_in(client) == User.objects.get(member=member)
    assert client.get(ENROL)["Location"] == "/staff/enrol/needed/"


def test_an_invitation_links_once(client, issuer, member, link):
    take_up(client, issuer, link)

    other = Client()
    other.get(link)
    location = begun(other, invitation="yes")
    response = other.get(RETURN, issuer.authorise(location, "somebody-else"))

    assert (response.status_code, response.context["reason"]) == (403, "invitation")
    assert SocialAccount.objects.get().user == User.objects.get(member=member)
    assert who_is_in(other) is None


def test_a_force_account_belongs_to_one_account_here(client, issuer, nesta, member, link):
    response = take_up(client, issuer, link)

    assert is_refused(response, client, "taken")
    assert SocialAccount.objects.get().user == nesta
    assert Invitation.objects.get().accepted_at is None  # the link still works for its owner
    assert take_up(client, issuer, link, "subject-of-kit")["Location"] == ENROL


def test_an_open_link_alone_links_nobody(client, issuer, link):
    """Somebody who signs in at the issuer without saying that it is for the invitation."""
    client.get(link)

    assert is_refused(signed_in_by(client, issuer), client, "unknown")
    assert SocialAccount.objects.count() == 0


def test_without_a_link_there_is_nothing_to_take_up(client, issuer):
    response = client.get(RETURN, issuer.authorise(begun(client, invitation="yes"), SUBJECT))

    assert is_refused(response, client, "unknown")


def test_a_new_invitation_ends_every_way_in_and_every_session(client, issuer, member, mailoutbox):
    kit = member.user = UserFactory(email="kit@example.org", with_password=True, enrolled=True)
    member.save(update_fields=["user"])
    linked(kit, issuer.url, "an-older-subject")
    elsewhere = client_of(kit)

    take_up(client, issuer, mailed_link(member, mailoutbox))

    kit.refresh_from_db()
    assert (kit.has_usable_password(), Authenticator.objects.count()) == (False, 0)
    assert [account.extra_data["sub"] for account in SocialAccount.objects.all()] == [SUBJECT]
    assert Session.objects.filter(user=kit).count() == 1
    assert (who_is_in(elsewhere), who_is_in(client)) == (None, kit)


def test_the_invitation_may_be_for_the_account_that_the_subject_has(
    client, issuer, member, mailoutbox
):
    """After a lost phone: the same person, a new second factor."""
    link = mailed_link(member, mailoutbox)
    take_up(client, issuer, link)

    response = take_up(Client(), issuer, mailed_link(member, mailoutbox))

    assert response["Location"] == ENROL
    assert SocialAccount.objects.get().user == User.objects.get(member=member)


def test_a_password_that_is_chosen_instead_unlinks_the_force_account(
    client, issuer, member, mailoutbox
):
    take_up(client, issuer, mailed_link(member, mailoutbox))
    link, other = mailed_link(member, mailoutbox), Client()
    other.get(link)

    assert other.post(INVITATION, {"password": PASSWORD})["Location"] == ENROL
    assert SocialAccount.objects.count() == 0
    assert is_refused(signed_in_by(Client(), issuer), client, "unknown") is False


def test_whoever_is_signed_in_as_somebody_else_takes_it_up_as_the_invited(issuer, member, link):
    client = client_of(UserFactory(enrolled=True))

    assert take_up(client, issuer, link)["Location"] == ENROL
    assert who_is_in(client) == User.objects.get(member=member)
    assert client.get(ENROL).status_code == 200
