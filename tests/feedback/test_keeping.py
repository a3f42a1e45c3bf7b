"""A sender is marked "not to this officer": who sees what from then on."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback.models import EscalationNotice, KeptFrom, Message, PostHandOver, SenderMark
from feedback.models.sender_mark import sender_key
from feedback.queries import asked_when_late, hand_overs_at, open_cases
from feedback.services.keeping import SenderUnknown, end_mark, keep_sender_from
from feedback.services.residents import receive_message
from teams.models import AuditEvent
from tests.factories.feedback import (
    ContactDetailsFactory,
    KeptFromFactory,
    MessageFactory,
    PostHandOverFactory,
    SenderMarkFactory,
)
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import CoverFactory, MemberFactory, PostingFactory, UserFactory
from tests.feedback.test_hand_overs import named
from tests.teams.acting import INSPECTOR, OFFICER, SERGEANT, acting, client_of, grant, today

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


@pytest.fixture
def officer(place):
    return somebody(place, OFFICER)


def somebody(place, role, **details):
    """A member of the team who can sign in with the role."""
    member = MemberFactory(force=place.force, user=UserFactory(enrolled=True), **details)
    PostingFactory(neighbourhood=place, member=member)
    grant(member.user, role, place)
    return member


@pytest.fixture
def message(place):
    return MessageFactory(neighbourhood=place)


def keep(message, member, by=None):
    return keep_sender_from(message=message, member=member, by=by or UserFactory(), now=NOW)


def receive(place, email):
    words = {"text": "Again.", "name": "", "language": "en-gb", "key": uuid4(), "now": NOW}
    return receive_message(neighbourhood=place, email=email, **words)


def seen_by(member):
    return list(Message.objects.shown_to(member.user).order_by("pk"))


def url(name, place, pk):
    return reverse(f"feedback:{name}", kwargs={**place.url_kwargs, "pk": pk})


def test_what_came_and_what_will_come_is_kept_from_one_officer_alone(place, officer, message):
    before = MessageFactory(neighbourhood=NeighbourhoodFactory(force=place.force))
    elsewhere = MessageFactory()  # of another force, where they are nobody
    other = MessageFactory(neighbourhood=place, details=None)
    ContactDetailsFactory(message=other, email="ana@example.org")

    keep(message, officer, by=UserFactory(username="sgt"))
    after = receive(place, "kelly@EXAMPLE.org")

    assert seen_by(officer) == [elsewhere, other]
    assert seen_by(somebody(place, OFFICER)) == [message, before, elsewhere, other, after]
    event = AuditEvent.objects.get(verb="message.kept_from")
    assert (event.by, event.subject_id, event.detail) == (
        "sgt",
        str(message.pk),
        {"member": officer.pk},
    )


def test_the_mark_does_not_tell_who_the_sender_is(officer, message, settings):
    keep(message, officer)

    row = str(SenderMark.objects.values().get())
    assert "kelly" not in row
    key = sender_key("kelly@example.org")
    assert (len(key), key in row) == (64, True)
    settings.SECRETS_KEY = "another"
    assert sender_key("kelly@example.org") != key


def test_marked_twice_is_marked_once(officer, message):
    assert keep(message, officer) == keep(message, officer)
    assert KeptFrom.objects.count() == 1


def test_without_an_address_nobody_can_be_kept_from_it(officer, place):
    with pytest.raises(SenderUnknown, match="was deleted"):
        keep(MessageFactory(neighbourhood=place, details=None), officer)


def test_a_mark_that_ends_shows_everything_again(officer, message, place):
    mark = keep(message, officer)
    end_mark(mark=mark, by=UserFactory(username="sgt"))

    assert seen_by(officer) == [message]
    assert receive(place, "kelly@example.org") in seen_by(officer)
    event = AuditEvent.objects.get(verb="message.kept_from_ended")
    assert (event.by, event.force, event.detail) == ("sgt", "casterwell", {"member": officer.pk})


def test_what_was_kept_stays_kept_when_the_address_is_erased(officer, message):
    keep(message, officer)
    message.contact.delete()

    assert seen_by(officer) == []


def test_what_they_had_taken_over_waits_for_somebody_else(officer, message):
    PostHandOverFactory(message=message, priority=None, member=officer)

    keep(message, officer)

    assert not PostHandOver.objects.exists()


def test_a_message_that_is_not_for_the_successor_is_not_handed_over_to_them(place):
    named(place, date(2023, 5, 8), name="Lena Corbray")
    successor = named(place, today(-1), name="Tom Rackstraw")
    at = NOW - timedelta(days=3)
    message = MessageFactory(neighbourhood=place, received_at=at)
    CoverFactory(neighbourhood=place, from_on=today(), to_on=today())
    [found] = hand_overs_at([place], NOW)
    assert [item.row for item in found.items] == [message]

    keep(message, successor)

    assert hand_overs_at([place], NOW) == []


def test_a_late_one_is_put_before_others(place, message):
    sergeant, inspector = somebody(place, SERGEANT), somebody(place, INSPECTOR)
    assert asked_when_late(message, on=today()) == [sergeant.user]

    keep(message, sergeant)

    assert asked_when_late(message, on=today()) == [inspector.user]
    assert not EscalationNotice.objects.exists()


def test_pages_do_not_show_it_to_them(place, officer, message):
    client = client_of(officer.user)
    detail = url("message_detail", place, message.pk)
    assert client.get(detail).status_code == 200

    keep(message, officer)

    assert client.get(detail).status_code == 404
    for act in ("message_answer", "message_pause", "message_resume"):
        assert client.post(url(act, place, message.pk), {}).status_code == 404
    inbox = reverse("feedback:message_list", kwargs=place.url_kwargs)
    for page in (inbox, "/staff/"):
        assert message.reference not in client.get(page).content.decode()
    assert open_cases([place], NOW, reader=officer.user) == []


def test_a_sergeant_marks_a_sender_and_takes_it_back(place, officer, message):
    client = acting(SERGEANT, place)
    detail = client.get(url("message_detail", place, message.pk)).content.decode()
    page = url("message_keep_from", place, message.pk)
    assert f'href="{page}"' in detail
    assert client.post(page, {"submit": ""}).context["form"].errors == {
        "member": ["Choose a person"]
    }

    done = client.post(page, {"member": officer.pk}, follow=True).content.decode()
    assert "Marked. They no longer see anything from this sender." in done
    assert f"Show {officer.full_title} this sender" in done

    mark = SenderMark.objects.get()
    done = client.post(url("sender_mark_end", place, mark.pk), follow=True).content.decode()
    assert "They see again what this sender writes." in done
    assert not SenderMark.objects.exists()


def test_an_erased_sender_is_named_on_the_form(place, officer):
    message = MessageFactory(neighbourhood=place, details=None)

    answer = acting(SERGEANT, place).post(
        url("message_keep_from", place, message.pk), {"member": officer.pk}
    )

    assert answer.context["form"].errors == {
        "member": ["The sender’s address was deleted, so nobody can be kept from it."]
    }


def test_nobody_takes_their_own_mark_back_or_that_of_another_place(place, message):
    sergeant = somebody(place, SERGEANT)
    mark = keep(message, sergeant)
    other = KeptFromFactory().mark
    client = client_of(sergeant.user)

    for pk in (mark.pk, other.pk):
        assert client.post(url("sender_mark_end", place, pk)).status_code == 404
    assert client.get(url("message_keep_from", place, message.pk)).status_code == 404


def test_who_may_not(place, officer, message):
    page = url("message_keep_from", place, message.pk)
    mark = SenderMarkFactory()

    assert client_of(officer.user).get(page).status_code == 403
    assert acting(SERGEANT, NeighbourhoodFactory(force=place.force)).get(page).status_code == 404
    end = url("sender_mark_end", place, mark.pk)
    assert acting(SERGEANT, place).get(end).status_code == 405
