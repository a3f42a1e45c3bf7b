"""A resident votes and confirms by mail; a sergeant adopts, and residents read it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from neighbourhoods.models import Neighbourhood
from priorities.models import Priority, Round, Vote
from priorities.round_keys import make_round_key
from tests.factories.priorities import RoundFactory
from tests.journeys.staff import give_way_in, sign_in
from tests.processes import SmtpSink, wait_for

pytestmark = pytest.mark.journey
HARKSTOW = "/areas/casterwell/harkstow/"
ADDRESS = "a.resident@example.org"


@pytest.fixture
def round_(world) -> Round:
    """A vote that is open in Harkstow."""
    now = timezone.now()
    days = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=7)}
    place = Neighbourhood.objects.get(name="Harkstow Estate")
    round_ = RoundFactory(neighbourhood=place, options=5, **days)
    make_round_key(round_.pk)
    place.priorities.live().update(
        state=Priority.State.CLOSED, closed_on=timezone.localdate(), outcome="It stopped."
    )
    Neighbourhood.objects.filter(pk=place.pk).raise_stamps()
    return round_


def link_in_mail(sink: SmtpSink) -> str:
    """The link that reached the resident last, once it has come."""
    mails = wait_for(lambda: [m for m in sink.journal if ADDRESS in m.to], f"a mail to {ADDRESS}")
    return re.search(r"https?://\S+/vote/\S+", mails[-1].part("plain"))[0]


def test_resident_votes_and_the_vote_counts_once_the_button_is_pressed(visitor, round_, mail_sink):
    mail_sink.journal.clear()
    visitor.go(HARKSTOW)
    visitor.follow("Vote on what the team works on")
    visitor.press("Send your vote")
    assert visitor.page.title().startswith(visitor.text("Error:"))
    visitor.page.get_by_label("Issue 1", exact=True).check()
    visitor.page.get_by_label("Issue 4", exact=True).check()
    visitor.page.get_by_label(visitor.text("I live here"), exact=True).check()
    visitor.fill("Email address", ADDRESS)
    visitor.press("Send your vote")
    assert visitor.heading() == visitor.text("Check your email")

    link = link_in_mail(mail_sink)
    visitor.page.goto(link)
    visitor.check()
    assert link.rsplit("/", 2)[1] not in visitor.page.url
    assert round_.votes.get().state == Vote.State.PENDING
    visitor.press("Count my vote")

    assert visitor.heading() == visitor.text("Your vote counts")
    vote = round_.votes.get()
    assert vote.state == Vote.State.COUNTED
    chosen = vote.choices.order_by("place").values_list("option__title", flat=True)
    assert list(chosen) == ["Issue 1", "Issue 4"]


def test_sergeant_adopts_a_priority_and_residents_read_it(visitor, round_):
    sign_in(visitor, give_way_in("imran.dalvari"))
    visitor.follow(visitor.place("Harkstow Estate"), exact=True)
    visitor.follow("Ask residents, adopt priorities, report back")
    visitor.press("Adopt a priority")
    visitor.fill("Or in your own words", "Dogs off the lead by the playground")
    visitor.press("Adopt this priority")
    visitor.follow("Dogs off the lead by the playground")
    visitor.follow("Tell residents how it goes")
    visitor.fill("What has happened?", "We spoke to nine owners.")
    visitor.press("Publish")

    visitor.go(f"{HARKSTOW}priorities/")
    assert visitor.sees("Dogs off the lead by the playground")
    assert visitor.sees("We spoke to nine owners.")


def test_sergeant_asks_residents_and_opens_the_vote(visitor, round_):
    round_.delete()
    sign_in(visitor, give_way_in("imran.dalvari"))
    visitor.follow(visitor.place("Harkstow Estate"), exact=True)
    visitor.follow("Ask residents, adopt priorities, report back")
    visitor.press("Ask residents to vote")
    visitor.fill("What do you ask residents?", "What should we do this summer?")
    last_on = timezone.localdate() + timedelta(days=14)
    visitor.fill("Last day of the vote", f"{last_on:%d %m %Y}")
    visitor.page.locator("#id_option_1").fill("Fires at the playground")
    visitor.page.locator("#id_option_2").fill("Parking at the school")
    visitor.press("Save and preview")
    visitor.press("Open the vote")

    visitor.go(f"{HARKSTOW}vote/")
    assert visitor.sees("Fires at the playground")
