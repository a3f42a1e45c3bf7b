"""A force lives through a year, and every day the portal is compared with the reference.

At no moment does a page or a query name somebody as current who has ended, is hidden, or whose
details nobody has proved; and everything open has the owner that the reference says.
"""

import re
from datetime import date, time

import pytest
from django.test import Client
from django.utils import timezone

from feedback.models import Message
from neighbourhoods.clock import london_instant
from neighbourhoods.models import Neighbourhood
from neighbourhoods.models.neighbourhood import NeighbourhoodQuerySet
from priorities.models import Action, Priority
from teams.models import AuditEvent, Member
from teams.models.posting import CoverQuerySet, PostingQuerySet
from teams.queries import answering_on, named_officer, posts, team_on
from tests.simulation.force import ONE_DAY, SimulatedForce
from tests.simulation.reference import Place

pytestmark = pytest.mark.django_db
BEGINS = date(2026, 2, 10)  # so that a year has both changes of the clocks
NAMES = re.compile(r"Ana Officer\d+")
PAGES = ("", "team/")
API = "/api/casterwell/{code}/people"


class Witness:
    """Looks at the force as residents and staff do; says what is not as the reference has it."""

    def __init__(self, force: SimulatedForce):
        self.force, self.told, self.client = force, force.told, Client()
        self.held: dict[str, tuple[str, set[str]]] = {}  # address → ETag, names on the page
        self.seen = self.unchanged = 0
        self.capacities = set()  # in which somebody answered

    def some(self, number: int) -> list[Place]:
        return self.force.random.sample(list(self.told.places.values()), number)

    def look(self, asked: list[Place], read: list[Place]) -> None:
        for place in asked:
            self.ask(place, self.force.day)
        self.owners(self.force.day)
        for place in read:
            self.read(place)

    def ask(self, place: Place, day: date) -> None:
        """What the queries say that residents may be told of the place."""
        row = Neighbourhood.objects.get(pk=place.key)
        officer = named_officer(row, day)
        found = [officer.member, officer.cover and officer.cover.member]
        said = [self.told.shown_officer(place, day), self.told.shown_stand_in(place, day)]

        assert [member and member.pk for member in found] == [who and who.key for who in said]
        team = {entry.member.pk for entry in team_on(row, day)}
        assert team == {person.key for person in self.told.shown_team(place, day)}

    def owners(self, day: date) -> None:
        """Everything that is open stands in the rows and has the owner that it should have."""
        rows = Neighbourhood.objects.filter(pk__in=self.told.places)
        answering = answering_on(rows, day)
        for place in self.told.places.values():
            found = answering[place.key]
            self.capacities.add(found.capacity)
            person = found.user if found.capacity == "inspector" else found.member
            assert (found.capacity, person and person.pk) == self.told.owner(place, day)
        assert {
            Message: set(Message.objects.open().values_list("pk", flat=True)),
            Priority: set(Priority.objects.live().values_list("pk", flat=True)),
            Action: set(
                Action.objects.filter(
                    done_on=None, priority__in=Priority.objects.live().order_by().values("pk")
                ).values_list("pk", flat=True)
            ),
        } == self.force.open

    def read(self, place: Place) -> None:
        """The names on the pages of the place at noon; what a reader holds must still be right."""
        day, code = self.force.day, self.force.rows[place.key].code
        at = london_instant(day, time(12))
        with pytest.MonkeyPatch.context() as clock:
            clock.setattr(timezone, "now", lambda: at)
            self._page(f"/areas/casterwell/{code}/{PAGES[day.toordinal() % 2]}", place, day)
            told = self.client.get(API.format(code=code)).content.decode()
        assert set(NAMES.findall(told)) <= self._current(place, day)

    def _current(self, place: Place, day: date) -> set[str]:
        return {person.name for person in self.told.nameable(place, day)}

    def _page(self, address: str, place: Place, day: date) -> None:
        current = self._current(place, day)
        etag, names = self.held.get(address, ("", set()))
        headers = {"If-None-Match": etag} if etag else {}
        response = self.client.get(address, headers=headers)
        if response.status_code != 304:
            names = set(NAMES.findall(response.content.decode()))
            self.held[address] = response["ETag"], names
        self.unchanged += response.status_code == 304
        assert names <= current, f"{address} on {day} names {names - current}"
        officer = self.told.shown_officer(place, day)
        assert officer is None or officer.name in names
        self.seen += 1


def simulate(*, seed: int, places: int, days: int, asked: int, pages: int) -> Witness:
    """``pages`` places are read before and after what happens on each day, at the same hour."""
    force = SimulatedForce(seed=seed, places=places, begins=BEGINS)
    witness = Witness(force)
    for _day in range(days):
        read = witness.some(pages)
        for place in read:
            witness.read(place)
        force.live_a_day()
        witness.look(witness.some(asked), read)
        force.day += ONE_DAY
    return witness


def test_a_season_of_twenty_neighbourhoods():
    witness = simulate(seed=2026, places=20, days=30, asked=10, pages=1)

    assert witness.seen == 2 * 30
    assert witness.unchanged > 0
    assert_it_was_lively(witness)


@pytest.mark.fault_full
def test_a_year_of_three_hundred_neighbourhoods():
    witness = simulate(seed=1, places=300, days=365, asked=60, pages=4)

    assert witness.seen == 2 * 4 * 365
    assert witness.unchanged > 0
    assert_it_was_lively(witness)


LIVELY = {
    "contact_route.confirmed",
    "cover.ended",
    "member.ended",
    "member.hidden",
    "member.unhidden",
    "message.answered",
    "posting.began",
    "posting.ended",
    "priority.action_done",
    "priority.closed",
}


def assert_it_was_lively(witness: Witness) -> None:
    """Without leavers, hiding, vacancies and absences nothing would have been shown."""
    force = witness.force
    assert set(AuditEvent.objects.values_list("verb", flat=True)) >= LIVELY
    assert Member.objects.filter(unconfirmed_from__lte=force.day).exists()
    assert witness.capacities >= {"named", "cover", "lead", "inspector"}


# That it would notice -----------------------------------------------------------------------------


def named_though_they_may_not(monkeypatch):
    monkeypatch.setattr(Member, "is_public", lambda _member, _on: True)


def named_though_hidden(monkeypatch):
    told = Member.is_public

    def forgets_hiding(member, on):
        member.hidden_at = None
        return told(member, on)

    monkeypatch.setattr(Member, "is_public", forgets_hiding)


def in_the_team_though_posted_elsewhere(monkeypatch):
    monkeypatch.setattr(PostingQuerySet, "on", lambda rows, day: rows.filter(from_on__lte=day))


def named_though_the_posting_ended(monkeypatch):
    monkeypatch.setattr(posts, "_last_day", lambda _posting: None)


def owned_by_somebody_off_duty(monkeypatch):
    monkeypatch.setattr(posts, "off_on", lambda _members, _on: set())


def covered_by_somebody_who_left(monkeypatch):
    def forgets_leavers(rows, day):
        return rows.filter(from_on__lte=day, to_on__gte=day).order_by("-from_on")

    monkeypatch.setattr(CoverQuerySet, "on", forgets_leavers)


@pytest.mark.parametrize(
    "break_the_rule",
    [
        named_though_they_may_not,
        named_though_hidden,
        in_the_team_though_posted_elsewhere,
        named_though_the_posting_ended,
        owned_by_somebody_off_duty,
        covered_by_somebody_who_left,
    ],
)
def test_a_broken_rule_is_noticed(monkeypatch, break_the_rule):
    break_the_rule(monkeypatch)

    with pytest.raises(AssertionError):
        simulate(seed=2026, places=10, days=40, asked=10, pages=0)


def test_a_page_that_is_not_marked_as_changed_is_noticed(monkeypatch):
    monkeypatch.setattr(NeighbourhoodQuerySet, "raise_stamps", lambda _rows: 0)

    with pytest.raises(AssertionError):  # by the witness, or by the keeper of ETags in all tests
        simulate(seed=2026, places=6, days=60, asked=0, pages=6)
