"""An officer has a new post and takes over what the one before left open, in two taps."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from feedback.models import PostHandOver
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from priorities.models import Priority
from teams.models import Member, NamedContact
from tests.factories.teams import PostingFactory
from tests.journeys.staff import Taps, give_way_in, sign_in
from tests.teams.acting import OFFICER, grant

pytestmark = pytest.mark.journey


def give_post(username: str, place: Neighbourhood) -> Member:
    today = london_date(timezone.now())
    member = Member.objects.get(user__username=username)
    posting = PostingFactory(member=member, neighbourhood=place, from_on=today)
    NamedContact.objects.update_or_create(
        neighbourhood=place, from_on=today, defaults={"posting": posting}
    )
    grant(member.user, OFFICER, place, from_on=today - timedelta(days=1))
    return member


def test_the_successor_takes_over_all_that_was_left_open(visitor):
    place = Neighbourhood.objects.get(code="fennimore")
    user = give_way_in("dee.ferncastle")
    member = give_post("dee.ferncastle", place)
    open_ones = Priority.objects.live().filter(neighbourhood=place).count()
    sign_in(visitor, user)
    count = Taps(visitor)

    with_place = {"place": visitor.place("Fennimore and the University")}
    count.follow(visitor.text("Take over what was left open: %(place)s", **with_place))
    count.press("Take over everything")

    assert visitor.sees(visitor.text("Nothing waits. Everything has been taken over."))
    assert count.taps == 2
    assert PostHandOver.objects.filter(priority__neighbourhood=place, member=member).count() == (
        open_ones
    )
    visitor.go("/areas/casterwell/fennimore/")
    with translation.override(visitor.way.language):
        day = date_format(london_date(timezone.now()), "j F Y")
    told = visitor.text(
        "%(title)s took this over on %(day)s from the officer who left.", title=member, day=day
    )
    assert visitor.sees(told)
