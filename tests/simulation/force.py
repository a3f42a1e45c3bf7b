"""A force that lives through a year by the portal's own services, and tells the reference."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from feedback.models import Message
from feedback.services.residents import receive_message
from feedback.services.staff import answer_message
from neighbourhoods.clock import london_instant
from neighbourhoods.models import Neighbourhood
from priorities.models import Action, Priority
from priorities.services.adopting import (
    add_action,
    adopt_priority,
    close_priority,
    finish_action,
)
from teams.importers.duties import import_duties
from teams.models import Cover, Member, Posting
from teams.notifications import begin_times, look_after_posts
from teams.services.confirming import confirm_route
from teams.services.people import add_member, end_member, end_posting, post_member
from teams.services.posts import end_cover, set_cover, set_member_routes, set_named_contact
from teams.services.roles import end_role
from teams.services.safety import ask_to_unhide, confirm_unhiding, hide_member
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory, PolicingAreaFactory
from tests.factories.teams import (
    ContactRouteFactory,
    DutyCodeFactory,
    MemberFactory,
    UserFactory,
)
from tests.simulation.reference import CONFIRMED_FOR, Person, Place, Post, Reference, Stand
from tests.teams.acting import INSPECTOR, grant

ONE_DAY = timedelta(days=1)
CODES = {
    "E": "HERE",
    "EV": "ELSEWHERE",
    "CT": "COURT",
    "TR": "TRAINING",
    "AL": "AWAY",
    "SK": "AWAY",
}
SHIFTS = (("07:00", "15:00", 0), ("14:00", "22:00", 0), ("22:00", "06:00", 1))
PLACES_IN_AN_AREA = 10
TEAM = 4  # beside the lead
WEEK = 7
# How likely each is, a day and place.
OFTEN = {
    "leave": 0.006,
    "join": 0.006,
    "move": 0.015,
    "name": 0.002,
    "vacate": 0.001,
    "cover": 0.02,
    "uncover": 0.01,
    "hide": 0.006,
    "new_details": 0.002,
    "drop_details": 0.0005,
    "write": 0.06,
    "adopt": 0.03,
    "promise": 0.05,
}
# … and of each one that stands, a day.
CHECKED, FILLED, SHOWN, ANSWERED, DONE, CLOSED = 1 / 38, 0.08, 0.05, 0.3, 0.1, 0.03


class SimulatedForce:
    def __init__(self, *, seed: int, places: int, begins: date):
        self.random, self.day, self.told = random.Random(seed), begins, Reference()
        self.force = ForceFactory(id="casterwell")
        self.admin, self.second = UserFactory(), UserFactory()
        self.grants, self.open = {}, {Message: set(), Priority: set(), Action: set()}
        self.rows: dict[int, Neighbourhood] = {}
        self.postings: dict[Post, Posting] = {}
        self.leads: list[Person] = []
        self.made = 0
        for code, kind in CODES.items():
            DutyCodeFactory(
                force=self.force, code=code, kind=kind, reason="EVENT" if code == "EV" else ""
            )
        for number in range(places):
            self._found(number)

    # The first day -----------------------------------------------------------------------------

    def _found(self, number: int) -> None:
        if number % PLACES_IN_AN_AREA == 0:
            self.area = PolicingAreaFactory(force=self.force)
            self.appoint(self.area)
            self.leads.append(self._person(sergeant=True))
        row = NeighbourhoodFactory(force=self.force, area=self.area, code=f"N{number:03}")
        self.rows[row.pk] = row
        place = self.told.places[row.pk] = Place(row.pk, self.area.pk)
        begins = self.day - timedelta(days=100)
        self._post(self.leads[-1], place, begins, lead=True)
        for _n in range(TEAM):
            self._post(self._person(), place, begins)
        self._name(place, place.posts[1], begins)

    def _person(self, **traits: object) -> Person:
        """Somebody new whose details were checked some time ago, or will be begun tonight."""
        self.made += 1
        checked = self.day - timedelta(days=self.random.randrange(50))
        member = MemberFactory(
            force=self.force,
            reference=f"R{self.made:05}",
            name=f"Ana Officer{self.made:05}",
            unconfirmed_from=checked + CONFIRMED_FOR,
            **{name: value for name, value in traits.items() if name == "rank"},
        )
        if "sergeant" in traits:
            Member.objects.filter(pk=member.pk).update(rank=Member.Rank.SERGEANT)
        ContactRouteFactory(
            of_member=True, member=member, value=f"r{self.made}@example.org", verified_on=checked
        )
        return self._known(member, proved_until=checked + CONFIRMED_FOR)

    def _known(self, member: Member, **fields: object) -> Person:
        person = Person(member.pk, member.name, member.reference, **fields)
        self.told.people.append(person)
        return person

    def _post(self, person: Person, place: Place, first: date, *, lead: bool = False) -> None:
        posting = post_member(
            member=self.member(person),
            neighbourhood=self.rows[place.key],
            from_on=first,
            lead=lead,
            by=self.admin,
        )
        post = Post(person, place.key, first, lead=lead)
        place.posts.append(post)
        self.postings[post] = posting

    def _name(self, place: Place, post: Post | None, since: date) -> None:
        set_named_contact(
            neighbourhood=self.rows[place.key],
            posting=post and self.postings[post],
            from_on=since,
            by=self.admin,
        )
        place.named = [row for row in place.named if row[0] != since] + [(since, post)]

    def member(self, person: Person) -> Member:
        return Member.objects.get(pk=person.key)

    @property
    def now(self) -> datetime:
        return london_instant(self.day, time(12))

    def live_a_day(self) -> None:
        """Everything that happens on the day; at its end the reference knows of it."""
        begin_times(self.day)
        self.told.night(self.day)
        if self.day.weekday() == 0:  # the mails that come with it, for the sake of time
            look_after_posts(now=london_instant(self.day, time(0, 30)))
        if self.day.toordinal() % WEEK in (0, 3):
            self.plan_the_week()
        for place in self.told.places.values():
            for act, often in OFTEN.items():
                if self._happens(often):
                    getattr(self, act)(place)
            if place.officer(self.day) is None and self._happens(FILLED):
                self.name(place)
        self._of_each()

    def _of_each(self) -> None:
        for person in self.told.people:
            if person.hidden and self._happens(SHOWN):
                self.show(person)
            if person.has_details and self._happens(CHECKED):
                self.check(person)
        self._end_some(Message, ANSWERED, self._answer)
        self._end_some(Action, DONE, self._finish)
        self._end_some(Priority, CLOSED, self._close)
        for area, held in list(self.grants.items()):
            if self._happens(0.01):
                self.retire(area) if held else self.appoint(self._area(area))

    def _end_some(self, model, chance: float, end) -> None:
        for key in sorted(self.open[model]):
            if self._happens(chance):
                end(model.objects.get(pk=key))

    def _happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def _someone(self, place: Place) -> Person | None:
        team = sorted(place.team(self.day), key=lambda person: person.key)
        return self.random.choice(team) if team else None

    def leave(self, place: Place) -> None:
        if person := self._someone(place):
            last = self.day + timedelta(days=self.random.randrange(-1, 10))
            if person.last_day is not None:
                return
            end_member(member=self.member(person), last_on=last, by=self.admin, today=self.day)
            person.last_day = last
            for there in self.told.places.values():
                for post in [post for post in there.posts if post.person is person]:
                    if post.last is None or post.last > last:
                        self._ended(there, post, last)

    def _ended(self, place: Place, post: Post, last: date) -> None:
        """As an ended posting is told: it stands no later than its last day, nor is named then."""
        place.named = [
            (since, None if said is post and since > last else said) for since, said in place.named
        ]
        if post.first > last:
            place.posts.remove(post)
        else:
            post.last = last

    def join(self, place: Place) -> None:
        self.made += 1
        details = {
            "reference": f"R{self.made:05}",
            "name": f"Ana Officer{self.made:05}",
            "role": "police_officer",
            "rank": "constable",
        }
        member = add_member(force=self.force, details=details, by=self.admin)
        person = self._known(member, has_details=False)
        self._post(person, place, self.day + timedelta(days=self.random.randrange(3)))
        self.new_details_of(person)

    def move(self, place: Place) -> None:
        posts = [post for post in place.posts if post.holds(self.day) and post.last is None]
        if not posts:
            return
        post = self.random.choice(posts)
        elsewhere = self.random.choice(list(self.told.places.values()))
        end_posting(posting=self.postings[post], last_on=self.day, by=self.admin)
        self._ended(place, post, self.day)
        if not any(p.person is post.person and p.last is None for p in elsewhere.posts):
            self._post(post.person, elsewhere, self.day + ONE_DAY, lead=post.lead)

    def name(self, place: Place) -> None:
        posts = [post for post in place.posts if post.holds(self.day)]
        if posts:
            self._name(place, self.random.choice(posts), self.day)

    def vacate(self, place: Place) -> None:
        self._name(place, None, self.day)

    def cover(self, place: Place) -> None:
        serving = [person for person in self.told.people if person.serves(self.day)]
        person = self.random.choice(serving)
        first = self.day + timedelta(days=self.random.randrange(3))
        last = first + timedelta(days=self.random.randrange(14))
        if all(stand.first != first for stand in place.stands):
            place_row, member = self.rows[place.key], self.member(person)
            set_cover(
                neighbourhood=place_row, member=member, from_on=first, to_on=last, by=self.admin
            )
            place.stands.append(Stand(person, first, last))

    def uncover(self, place: Place) -> None:
        yesterday = self.day - ONE_DAY
        for stand in [stand for stand in place.stands if stand.last >= self.day][:1]:
            cover = Cover.objects.get(neighbourhood=place.key, from_on=stand.first)
            end_cover(cover=cover, last_on=yesterday, by=self.admin)
            if stand.first > yesterday:
                place.stands.remove(stand)
            else:
                stand.last = yesterday

    def hide(self, place: Place) -> None:
        if person := self._someone(place):
            hide_member(member=self.member(person), by=self.admin, now=self.now)
            person.hidden = True

    def show(self, person: Person) -> None:
        asked = ask_to_unhide(member=self.member(person), by=self.admin, now=self.now)
        confirm_unhiding(unhiding=asked, by=self.second, now=self.now)
        person.hidden = False

    def check(self, person: Person) -> None:
        route = self.member(person).contact_routes.first()
        confirm_route(route=route, on=self.day, by=self.admin)
        until = self.day + CONFIRMED_FOR
        person.proved_until = max(until, person.proved_until or until)

    def new_details(self, place: Place) -> None:
        if person := self._someone(place):
            self.new_details_of(person)

    def new_details_of(self, person: Person) -> None:
        """What was proved of the old ones holds as long as it did."""
        self.made += 1
        routes = {"email": f"r{self.made}@example.org"}
        set_member_routes(member=self.member(person), routes=routes, by=self.admin)
        person.has_details = True

    def drop_details(self, place: Place) -> None:
        if person := self._someone(place):
            set_member_routes(member=self.member(person), routes={"email": ""}, by=self.admin)
            person.has_details = False

    def plan_the_week(self) -> None:
        """The duty system's file for the next days, which tells all of them anew."""
        days = [self.day + timedelta(days=n) for n in range(WEEK + 3)]
        for key in [key for key in self.told.codes if key[1] >= self.day]:
            del self.told.codes[key]
        lines = ["reference,start,end,planned,actual"]
        for person in self.told.people:
            if person.serves(self.day):
                lines.extend(self._shifts(person, days))
        import_duties(lines, force=self.force, source="week.csv", sha256=f"{self.day:%Y%m%d}")

    def _shifts(self, person: Person, days: list[date]) -> Iterator[str]:
        begins, ends, nights = self.random.choice(SHIFTS)
        plan = self.random.choices([*CODES, ""], weights=[14, 3, 1, 1, 3, 2, 8], k=len(days))
        for day, code in zip(days, plan, strict=True):
            if not code:
                continue  # a rest day that the system does not tell
            self.told.codes[person.key, day] = code
            planned, actual = self.random.choice([(code, ""), ("E", code)])
            if code in ("AL", "SK"):
                # From when the shift of the day before is over.
                yield f"{person.reference},{day} 06:00,{day} 23:59,{planned},{actual}".replace(
                    "23:59", ends if not nights else "21:00"
                )
            else:
                last = day + timedelta(days=nights)
                yield f"{person.reference},{day} {begins},{last} {ends},{planned},{actual}"

    def write(self, place: Place) -> None:
        message = receive_message(
            neighbourhood=self.rows[place.key],
            text="The lamp by the playground is out.",
            email=f"resident{self.random.randrange(10**9)}@example.org",
            name="",
            language="en-gb",
            key=UUID(int=self.random.getrandbits(128)),
            now=self.now,
        )
        self.open[Message].add(message.pk)

    def _answer(self, message: Message) -> None:
        answer_message(message=message, text="We went.", seen=0, by=self.admin, now=self.now)
        self.open[Message].discard(message.pk)

    def adopt(self, place: Place) -> None:
        if self._live(place).count() < 3:
            words = {"title": "Bikes", "title_cy": "", "why": "You asked.", "why_cy": ""}
            priority = adopt_priority(
                neighbourhood=self.rows[place.key],
                words=words,
                option=None,
                on=self.day,
                by=self.admin,
            )
            self.open[Priority].add(priority.pk)

    def promise(self, place: Place) -> None:
        if priority := self._live(place).first():
            words = {"what": "We walk there.", "owner": "The team"}
            due_on = self.day + timedelta(days=30)
            action = add_action(priority=priority, words=words, due_on=due_on, by=self.admin)
            self.open[Action].add(action.pk)

    def _live(self, place: Place):
        return Priority.objects.filter(neighbourhood=place.key).live()

    def _finish(self, action: Action) -> None:
        finish_action(action=action, on=self.day, by=self.admin)
        self.open[Action].discard(action.pk)

    def _close(self, priority: Priority) -> None:
        words = {"outcome": "It is quieter.", "outcome_cy": ""}
        close_priority(priority=priority, words=words, on=self.day, by=self.admin)
        self.open[Priority].discard(priority.pk)
        self.open[Action] -= set(priority.actions.values_list("pk", flat=True))

    def appoint(self, area) -> None:
        self.grants[area.pk] = grant(UserFactory(), INSPECTOR, area, from_on=self.day)
        self.told.inspectors[area.pk] = self.grants[area.pk].user_id

    def retire(self, area: int) -> None:
        end_role(grant=self.grants[area], by=self.admin, today=self.day)
        self.grants[area] = self.told.inspectors[area] = None

    def _area(self, pk: int):
        return next(row.area for row in self.rows.values() if row.area_id == pk)
