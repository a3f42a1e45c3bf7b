from datetime import UTC, date, datetime, time, timedelta

import factory
from factory.django import DjangoModelFactory
from shapely import MultiPolygon, box

from neighbourhoods import geometry
from neighbourhoods.models import (
    Announcement,
    AreaMembership,
    Boundary,
    BoundarySet,
    Council,
    Follower,
    Following,
    Force,
    ImportRun,
    JobRun,
    Neighbourhood,
    OpeningException,
    OpeningHours,
    OutboxEntry,
    Place,
    PolicingArea,
    Postcode,
    PostcodeBeside,
    PostcodeMatch,
    Signpost,
    Succession,
    Token,
)

NOON = datetime(2031, 3, 4, 12, tzinfo=UTC)


class ForceFactory(DjangoModelFactory):
    class Meta:
        model = Force

    id = factory.Sequence(lambda n: f"force-{n}")
    name = factory.Sequence(lambda n: f"Force {n} Police")
    url = "https://force.example.org/"

    class Params:
        is_welsh = factory.Trait(
            welsh=True, name_cy=factory.LazyAttribute(lambda force: f"Heddlu {force.id}")
        )


class PolicingAreaFactory(DjangoModelFactory):
    class Meta:
        model = PolicingArea

    force = factory.SubFactory(ForceFactory)
    code = factory.Sequence(lambda n: f"area-{n}")
    name = factory.Sequence(lambda n: f"Area {n}")


class NeighbourhoodFactory(DjangoModelFactory):
    class Meta:
        model = Neighbourhood

    force = factory.SubFactory(ForceFactory)
    code = factory.Sequence(lambda n: f"N{n:03}")
    name = factory.Sequence(lambda n: f"Neighbourhood {n}")

    class Params:
        in_area = factory.Trait(
            area=factory.SubFactory(PolicingAreaFactory, force=factory.SelfAttribute("..force"))
        )
        in_welsh = factory.Trait(
            name_cy=factory.LazyAttribute(lambda place: f"Cymdogaeth {place.code}")
        )
        ended = factory.Trait(ended_on=date(2031, 1, 1))
        dark = factory.Trait(waiting=True)


class AreaMembershipFactory(DjangoModelFactory):
    class Meta:
        model = AreaMembership

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    from_on = date(2031, 1, 1)
    area = factory.SubFactory(
        PolicingAreaFactory, force=factory.SelfAttribute("..neighbourhood.force")
    )


class BoundarySetFactory(DjangoModelFactory):
    class Meta:
        model = BoundarySet
        skip_postgeneration_save = True

    force = factory.SubFactory(ForceFactory)
    valid_from = factory.Sequence(lambda n: date(2030, 1, 1) + timedelta(days=n))
    source = "boundaries.zip"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")

    @factory.post_generation
    def active(self, create, extracted, **kwargs):
        """``active=True`` points the force at this set."""
        if extracted:
            self.force.boundary_set = self
            self.force.save(update_fields=["boundary_set"])


class BoundaryFactory(DjangoModelFactory):
    """A square of 0.1 degrees; say where with ``square=(south, west)``."""

    class Meta:
        model = Boundary
        skip_postgeneration_save = True

    class Params:
        square = (52.0, -1.0)
        polygon = factory.LazyAttribute(lambda b: square_from(*b.square))
        fields = factory.LazyAttribute(lambda b: geometry.boundary_fields(b.polygon))

    boundary_set = factory.SubFactory(BoundarySetFactory)
    neighbourhood = factory.SubFactory(
        NeighbourhoodFactory, force=factory.SelfAttribute("..boundary_set.force")
    )
    geometry = factory.LazyAttribute(lambda b: b.fields["geometry"])
    min_lat = factory.LazyAttribute(lambda b: b.fields["min_lat"])
    max_lat = factory.LazyAttribute(lambda b: b.fields["max_lat"])
    min_lng = factory.LazyAttribute(lambda b: b.fields["min_lng"])
    max_lng = factory.LazyAttribute(lambda b: b.fields["max_lng"])
    centre_lat = factory.LazyAttribute(lambda b: b.fields["centre_lat"])
    centre_lng = factory.LazyAttribute(lambda b: b.fields["centre_lng"])
    outline = factory.LazyAttribute(lambda b: b.fields["outline"])

    @factory.post_generation
    def enclosed(self, create, extracted, **kwargs):
        self.boundary_set.enclose()


class SuccessionFactory(DjangoModelFactory):
    """Proposed and waiting in a dark set; ``told=True`` and ``from_on`` say otherwise."""

    class Meta:
        model = Succession

    boundary_set = factory.SubFactory(BoundarySetFactory)
    before = factory.SubFactory(
        NeighbourhoodFactory, force=factory.SelfAttribute("..boundary_set.force")
    )
    after = factory.SubFactory(
        NeighbourhoodFactory, force=factory.SelfAttribute("..boundary_set.force")
    )


class PostcodeFactory(DjangoModelFactory):
    class Meta:
        model = Postcode

    code = factory.Sequence(lambda n: f"WQ{n % 90 + 10}{n // 90 % 10}AA")
    lat = 52.05
    lng = -0.95

    class Params:
        without_place = factory.Trait(lat=None, lng=None)
        terminated = factory.Trait(terminated_on=date(2029, 6, 1))


class CouncilFactory(DjangoModelFactory):
    class Meta:
        model = Council

    code = factory.Sequence(lambda n: f"E07{n:06}")
    name = factory.Sequence(lambda n: f"Council {n}")


class PostcodeMatchFactory(DjangoModelFactory):
    class Meta:
        model = PostcodeMatch

    postcode = factory.SubFactory(PostcodeFactory)
    boundary = factory.SubFactory(BoundaryFactory)


class PostcodeBesideFactory(DjangoModelFactory):
    class Meta:
        model = PostcodeBeside

    postcode = factory.SubFactory(PostcodeFactory)
    boundary = factory.SubFactory(BoundaryFactory)
    metres = 12.5


class PlaceFactory(DjangoModelFactory):
    """A place of the whole force; ``serves=[neighbourhood]`` for one of its own."""

    class Meta:
        model = Place
        skip_postgeneration_save = True

    force = factory.SubFactory(ForceFactory)
    kind = Place.Kind.STATION
    name = factory.Sequence(lambda n: f"Station {n}")
    address = "4 Cordwain Street, Casterwell"
    postcode = "WQ1 1AA"
    lat = 52.05
    lng = -0.95

    class Params:
        without_coordinates = factory.Trait(lat=None, lng=None)

    @factory.post_generation
    def serves(self, create, extracted, **kwargs):
        if extracted:
            self.neighbourhoods.set(extracted)


class OpeningHoursFactory(DjangoModelFactory):
    """Monday, 9 to 5."""

    class Meta:
        model = OpeningHours

    place = factory.SubFactory(PlaceFactory)
    weekday = OpeningHours.Weekday.MONDAY
    opens = time(9)
    closes = time(17)


class OpeningExceptionFactory(DjangoModelFactory):
    """Closed all day."""

    class Meta:
        model = OpeningException

    place = factory.SubFactory(PlaceFactory)
    on = date(2031, 12, 25)

    class Params:
        with_hours = factory.Trait(opens=time(10), closes=time(14))


class SignpostFactory(DjangoModelFactory):
    class Meta:
        model = Signpost

    force = factory.SubFactory(ForceFactory)
    position = factory.Sequence(lambda n: n % 30_000)
    matter = "Abandoned vehicles"
    body = "Casterwell Council"
    advice = "Say where it stands and for how long."
    url = "https://council.example.org/vehicles"
    reviewed_on = date(2031, 1, 1)

    class Params:
        by_telephone = factory.Trait(url="", telephone="01632 960 123")


class AnnouncementFactory(DjangoModelFactory):
    class Meta:
        model = Announcement

    kind = "teams.update_published"
    object_id = factory.Sequence(lambda n: n + 1)
    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    topic = "updates"


class OutboxEntryFactory(DjangoModelFactory):
    class Meta:
        model = OutboxEntry

    kind = "teams.update_published"
    object_id = factory.Sequence(lambda n: n + 1)
    to = "resident@example.org"
    language = "en-gb"
    next_at = NOON

    class Params:
        sent = factory.Trait(state=OutboxEntry.State.SENT, to="", ended_at=NOON)
        dead = factory.Trait(
            state=OutboxEntry.State.DEAD, to="", ended_at=NOON, last_error="550 no such mailbox"
        )
        dropped = factory.Trait(state=OutboxEntry.State.DROPPED, to="", ended_at=NOON)


class FollowerFactory(DjangoModelFactory):
    class Meta:
        model = Follower

    email = factory.Sequence(lambda n: f"follower.{n}@example.org")
    language = "en-gb"
    asked_at = NOON


class FollowingFactory(DjangoModelFactory):
    """Asked for, of updates alone; ``confirmed=True`` for one that is told."""

    class Meta:
        model = Following

    follower = factory.SubFactory(FollowerFactory)
    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    updates = True

    class Params:
        confirmed = factory.Trait(confirmed_at=NOON)


class TokenFactory(DjangoModelFactory):
    class Meta:
        model = Token

    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    purpose = "teams.invitation"
    object_id = factory.Sequence(lambda n: n + 1)
    begins_at = NOON
    expires_at = NOON + timedelta(days=7)

    class Params:
        used = factory.Trait(used_at=NOON + timedelta(hours=1))


class JobRunFactory(DjangoModelFactory):
    class Meta:
        model = JobRun

    job = "neighbourhoods.send_due"
    period_start = factory.Sequence(lambda n: NOON + timedelta(days=n))

    class Params:
        finished = factory.Trait(attempts=1, finished_at=NOON, result="done")


class ImportRunFactory(DjangoModelFactory):
    class Meta:
        model = ImportRun

    command = "import_postcodes"
    source = "postcodes.csv"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    counts = factory.LazyFunction(lambda: {"read": 1, "kept": 1})

    class Params:
        of_force = factory.Trait(force=factory.SubFactory(ForceFactory))


def square_from(south: float, west: float, size: float = 0.1) -> MultiPolygon:
    """A square whose south-west corner is given, in degrees."""
    return MultiPolygon([box(west, south, west + size, south + size)])
