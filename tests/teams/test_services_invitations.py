from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator

from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.tokens import token_digest
from teams.models import AuditEvent, Invitation, RoleGrant, User
from teams.services.invitations import (
    EmailTaken,
    HasLeft,
    InvitationNotUsable,
    accept_invitation,
    find_invitation,
    invite_administrator,
    invite_member,
)
from tests.factories.neighbourhoods import ForceFactory, TokenFactory
from tests.factories.teams import InvitationFactory, MemberFactory, UserFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TO = {"email": "tamsin.quillow@example.org", "language": "cy"}
PASSWORD = "harkstow lantern meadow"


@pytest.fixture
def administrator():
    return UserFactory(username="admin.brackenridge")


def sent_link(invitation, **period):
    """Keep "a-link" as the link of the invitation, good for a day either side of NOON."""
    day = timedelta(days=1)
    period = {"begins_at": NOON - day, "expires_at": NOON + day} | period
    TokenFactory(sha256=token_digest("a-link"), object_id=invitation.pk, **period)
    return "a-link"


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id"))


def test_invite_member_makes_an_account_that_cannot_sign_in_yet(administrator):
    member = MemberFactory()

    invitation = invite_member(member=member, by=administrator, now=NOON, **TO)

    member.refresh_from_db()
    user = member.user
    assert (user.username, user.email, user.name, user.language) == (
        "tamsin.quillow",
        "tamsin.quillow@example.org",
        "Tamsin Quillow",
        "cy",
    )
    assert not user.has_usable_password()
    assert acts() == [("admin.brackenridge", "invitation.sent", str(invitation.pk))]


def test_invite_member_posts_one_mail(administrator):
    invitation = invite_member(member=MemberFactory(), by=administrator, now=NOON, **TO)

    assert list(
        OutboxEntry.objects.values_list("kind", "object_id", "to", "language", "next_at")
    ) == [("teams.invitation", invitation.pk, TO["email"], "cy", NOON)]


def test_invite_member_again_replaces_the_earlier_link_and_takes_the_new_address(administrator):
    member = MemberFactory(with_account=True)
    first = InvitationFactory(user=member.user)

    second = invite_member(member=member, by=administrator, now=NOON, **TO)

    first.refresh_from_db()
    member.user.refresh_from_db()
    assert (first.replaced_at, second.replaced_at) == (NOON, None)
    assert (member.user.email, member.user.language) == (TO["email"], "cy")
    assert User.objects.exclude(pk=administrator.pk).get() == member.user


@pytest.mark.parametrize("account", [True, False])
def test_invite_member_refuses_the_address_of_another(administrator, account):
    UserFactory(email="Tamsin.Quillow@example.org")
    member = MemberFactory(with_account=account) if account else MemberFactory()

    with pytest.raises(EmailTaken, match="Another account has this email address"):
        invite_member(member=member, by=administrator, now=NOON, **TO)

    assert (OutboxEntry.objects.count(), Invitation.objects.count(), acts()) == (0, 0, [])


@pytest.mark.parametrize("account", [{}, {"with_account": True}])
def test_invite_member_refuses_a_leaver_from_the_day_after_the_last(administrator, account):
    member = MemberFactory(ended_on=date(2026, 3, 3), **account)

    with pytest.raises(HasLeft, match="This person has left the force"):
        invite_member(member=member, by=administrator, now=NOON, **TO)
    assert (Invitation.objects.count(), OutboxEntry.objects.count(), acts()) == (0, 0, [])

    invite_member(member=member, by=administrator, now=NOON - timedelta(days=1), **TO)
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "taken", "username"),
    [
        ("Tamsin Quillow", [], "tamsin.quillow"),
        ("Tamsin Quillow", ["tamsin.quillow"], "tamsin.quillow.2"),
        ("Tamsin Quillow", ["tamsin.quillow", "tamsin.quillow.2"], "tamsin.quillow.3"),
        ("Tamsin Quillow", ["tamsin.quillow.2"], "tamsin.quillow"),
        ("Siân O'Ddu", [], "sian.oddu"),
        ("李", [], "member"),
        ("x" * 150, ["x" * 50], "x" * 50 + ".2"),
    ],
)
def test_usernames_are_made_from_the_name(administrator, name, taken, username):
    for other in taken:
        UserFactory(username=other, email=f"{other}@elsewhere.example.org")

    invite_member(member=MemberFactory(name=name), by=administrator, now=NOON, **TO)

    assert User.objects.get(email=TO["email"]).username == username


def test_invite_administrator_grants_the_role_and_posts_the_mail():
    force = ForceFactory()

    invitation = invite_administrator(
        force=force, name="Nesta Brackenridge", now=NOON, on=date(2026, 3, 4), **TO
    )

    grant = RoleGrant.objects.get()
    assert (grant.user, grant.role, grant.scope, grant.from_on) == (
        invitation.user,
        RoleGrant.Role.FORCE_ADMINISTRATOR,
        force,
        date(2026, 3, 4),
    )
    assert acts() == [
        ("(command line)", "role.granted", str(grant.pk)),
        ("(command line)", "invitation.sent", str(invitation.pk)),
    ]
    assert OutboxEntry.objects.get().to == TO["email"]


def test_accept_invitation_sets_the_password_and_forgets_the_old_factor():
    user = UserFactory(enrolled=True)
    invitation = InvitationFactory(user=user)
    token = sent_link(invitation)

    accepted = accept_invitation(token=token, password=PASSWORD, now=NOON)

    invitation.refresh_from_db()
    user.refresh_from_db()
    assert (accepted, invitation.accepted_at) == (user, NOON)
    assert user.check_password(PASSWORD)
    assert (Authenticator.objects.count(), Token.objects.get().used_at) == (0, NOON)
    assert acts() == [(user.username, "invitation.accepted", str(invitation.pk))]


def test_a_link_counts_once():
    token = sent_link(InvitationFactory())
    accept_invitation(token=token, password=PASSWORD, now=NOON)

    with pytest.raises(InvitationNotUsable):
        accept_invitation(token=token, password="another long password", now=NOON)

    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("invitation", "link"),
    [
        ({}, {"expires_at": NOON}),
        ({}, {"begins_at": NOON + timedelta(seconds=1)}),
        ({}, {"used_at": NOON}),
        ({}, {"purpose": "feedback.confirm"}),
        ({"accepted": True}, {}),
        ({"replaced": True}, {}),
        ({"user__is_active": False}, {}),
    ],
)
def test_a_link_that_does_not_work_any_more(invitation, link):
    token = sent_link(InvitationFactory(**invitation), **link)

    for call in (find_invitation, partial(accept_invitation, password=PASSWORD)):
        with pytest.raises(InvitationNotUsable) as refusal:
            call(token=token, now=NOON)
        assert str(refusal.value) == "This link has expired or has been used."
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize("token", ["", "b-link", "a-link "])
def test_a_link_that_never_was_one(token):
    sent_link(InvitationFactory())

    with pytest.raises(InvitationNotUsable):
        find_invitation(token=token, now=NOON)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_presses_of_one_link_one_counts():
    invitation = InvitationFactory()
    token = sent_link(invitation)
    passwords = [PASSWORD, "brithell copper kettle"]

    ends = race(
        *(partial(accept_invitation, token=token, password=word, now=NOON) for word in passwords),
        at=Token.objects.all(),
    )

    assert sorted(str(end) for end in ends) == sorted(
        ["This link has been used.", invitation.user.username]
    )
    winner = passwords[[type(end) for end in ends].index(User)]
    assert User.objects.get().check_password(winner)
    assert [verb for _by, verb, _pk in acts()] == ["invitation.accepted"]
