"""How long staff stay signed in, and what a copy of the database tells of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from teams.models import Session, User
from teams.services.people import end_member
from teams.sessions import IDLE, LASTS, SEEN_EVERY, SessionStore
from tests.factories.teams import MemberFactory, SessionFactory, UserFactory
from tests.teams.acting import client_of, prove, today

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
HOME, SIGN_IN = "/staff/", "/staff/sign-in/?next=/staff/"


@pytest.fixture
def nesta() -> User:
    return UserFactory(enrolled=True)


@pytest.fixture
def client(nesta) -> Client:
    return client_of(nesta)


def as_of(client: Client, **ago: timedelta) -> None:
    """Let the times of the client's session lie that long ago."""
    now = timezone.now()
    times = {field: now - distance for field, distance in ago.items()}
    assert Session.objects.filter(pk=client.session.session_key).update(**times) == 1


def is_out(client: Client) -> bool:
    response = client.get(HOME)
    assert (response.status_code, response.get("Location")) in {(200, None), (302, SIGN_IN)}
    return response.status_code == 302


@pytest.mark.parametrize(
    ("begun_ago", "seen_ago", "out"),
    [
        (timedelta(0), timedelta(0), False),
        (IDLE, IDLE - SECOND, False),
        (IDLE, IDLE, True),
        (LASTS - SECOND, timedelta(0), False),
        (LASTS, timedelta(0), True),
        (-SECOND, -SECOND, False),  # the clocks of two machines
    ],
)
def test_a_session_ends_ten_hours_after_it_began_or_thirty_minutes_idle(
    now, nesta, begun_ago, seen_ago, out
):
    assert (timedelta(minutes=30), timedelta(hours=10)) == (IDLE, LASTS)
    row = SessionFactory(user=nesta, begun_at=now - begun_ago, seen_at=now - seen_ago)
    store = SessionStore(row.session_key)
    store.load()

    assert store.has_run_out(now=now) is out


def test_a_session_that_was_made_with_this_request_has_not_run_out(now):
    assert SessionStore().has_run_out(now=now) is False


def test_whoever_was_idle_too_long_is_signed_out_and_their_session_is_gone(client):
    as_of(client, begun_at=IDLE, seen_at=IDLE - 5 * SECOND)
    assert not is_out(client)
    as_of(client, begun_at=IDLE, seen_at=IDLE)

    assert is_out(client)
    assert Session.objects.filter(user__isnull=False).count() == 0


def test_work_keeps_a_session_awake_until_ten_hours_are_over(client, nesta):
    as_of(client, begun_at=LASTS - timedelta(minutes=1), seen_at=IDLE - 5 * SECOND)
    assert not is_out(client)
    session = Session.objects.get(user=nesta)
    assert timezone.now() - session.seen_at < timedelta(minutes=1)
    assert timezone.now() - session.begun_at > LASTS - timedelta(minutes=2)

    as_of(client, begun_at=LASTS)
    assert is_out(client)


def test_saving_a_session_changes_neither_time(client):
    as_of(client, begun_at=timedelta(hours=1), seen_at=timedelta(minutes=1))
    before = Session.objects.values_list("begun_at", "seen_at").get()

    session = client.session
    session["teams.kept"] = "something"
    session.save()

    assert Session.objects.values_list("begun_at", "seen_at").get() == before
    assert client.session["teams.kept"] == "something"


def test_a_page_within_the_minute_writes_nothing(client, django_assert_num_queries):
    as_of(client, seen_at=SEEN_EVERY - 5 * SECOND)
    before = Session.objects.values_list("seen_at", flat=True).get()

    client.get(HOME)

    assert Session.objects.values_list("seen_at", flat=True).get() == before


def test_a_page_for_residents_neither_looks_at_the_session_nor_lengthens_it(client):
    as_of(client, seen_at=IDLE)

    assert client.get("/cookies/").status_code == 200
    assert client.get("/cookies/").get("Vary", "").find("Cookie") == -1
    assert Session.objects.count() == 1
    assert is_out(client)


def test_a_sign_in_has_a_session_of_its_own(client, nesta):
    key = client.session.session_key

    client.force_login(UserFactory(enrolled=True))

    assert client.session.session_key != key
    assert not Session.objects.filter(pk=key).exists()


def test_what_a_session_holds_is_unreadable_in_the_database(client, nesta):
    session = client.session
    session["mfa.totp.secret"] = "JBSWY3DPEHPK3PXP"
    session.save()

    stored = Session.objects.get()

    assert stored.user == nesta
    assert "JBSWY3DPEHPK3PXP" not in stored.session_data
    assert "mfa" not in SessionStore().decode(stored.session_data[:-4])
    assert SessionStore().decode("what an older release wrote") == {}
    assert client.session["mfa.totp.secret"] == "JBSWY3DPEHPK3PXP"


def test_sessions_of_residents_belong_to_nobody():
    Client().get("/staff/invitation/some-token/")

    assert Session.objects.values_list("user", flat=True).get() is None


def test_all_sessions_of_a_member_who_left_are_destroyed(nesta):
    clients = [client_of(nesta), client_of(nesta)]
    other = client_of(UserFactory(enrolled=True))
    member = MemberFactory(user=nesta)

    end_member(member=member, last_on=today(-1), by=UserFactory(), today=today())

    assert Session.objects.filter(user=nesta).count() == 0
    assert [is_out(each) for each in (*clients, other)] == [True, True, False]


def test_a_member_whose_last_day_passes_is_out_without_anybody_doing_anything(nesta):
    client, member = client_of(nesta), MemberFactory(user=nesta)
    end_member(member=member, last_on=today(), by=UserFactory(), today=today())
    assert not is_out(client)

    member.ended_on = today(-1)
    member.save(update_fields=["ended_on"])

    assert User.objects.get(pk=nesta.pk).is_active
    assert is_out(client)


def test_an_account_that_is_gone_is_signed_out(client, nesta):
    Session.objects.update(user=None)
    nesta.delete()

    assert is_out(client)


def test_an_account_that_is_closed_is_out_at_the_next_click(client, nesta):
    User.objects.filter(pk=nesta.pk).update(is_active=False)

    assert is_out(client)


def test_a_sign_in_that_was_proven_is_that_sessions_alone(nesta):
    proven, other = client_of(nesta), Client()
    other.force_login(nesta)
    prove(proven, nesta, at=timezone.now())

    codes = "/staff/recovery-codes/new/"
    assert proven.get(codes).status_code == 200
    assert other.get(codes)["Location"].startswith("/staff/proof/")
