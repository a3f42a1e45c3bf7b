"""How well each neighbourhood is covered on a day: boundary, team, named officer, priorities."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from neighbourhoods.clock import london_date
from neighbourhoods.models import Boundary, Force, Neighbourhood, Postcode, PostcodeMatch
from priorities.models import Priority, PriorityUpdate
from reports.models import CoverageGap
from teams.models import ContactRoute, NamedContact, Posting

Kind = CoverageGap.Kind
COVERAGE_HEADER = (
    "force",
    "neighbourhood_id",
    "name",
    "named_officer",
    "police_officer",
    "last_verified",
    "priority_age_days",
    "gaps",
)
EXAMPLES = 5


class GapKey(NamedTuple):
    """What a gap is told apart by. ``neighbourhood_id`` is None for one of the whole force."""

    force_id: str
    neighbourhood_id: int | None
    kind: str


@dataclass(frozen=True)
class Coverage:
    """One neighbourhood on one day.

    ``verified_on`` is the newest day on which a way to reach the named officer or the
    team was found to work; ``priorities_told_on`` the newest day on which a priority
    that is live was adopted or reported on.
    """

    neighbourhood: Neighbourhood
    named_officer: str
    is_police_officer: bool
    verified_on: date | None
    priorities_told_on: date | None
    gaps: tuple[Kind, ...]


def coverage_on(on: date, *, force: Force | None = None) -> Iterator[Coverage]:
    """Each current neighbourhood, of one force or of all, by force and id. Four queries."""
    places = _with_facts(Neighbourhood.objects.current(on=on), on)
    if force:
        places = places.filter(force=force)
    found = list(places)
    postings = Posting.objects.on(on).select_related("member")
    holders = postings.in_bulk({place.named_posting for place in found if place.named_posting})
    verified = _verified_days(found, holders)
    for place in sorted(found, key=lambda place: (place.force_id, place.code)):
        yield _coverage(place, holders.get(place.named_posting), verified)


def coverage_row(coverage: Coverage, *, on: date) -> tuple[str, ...]:
    """The values under ``COVERAGE_HEADER``; empty where there is nothing to say."""
    place, told_on = coverage.neighbourhood, coverage.priorities_told_on
    return (
        place.force_id,
        place.code,
        place.name,
        coverage.named_officer,
        ("no", "yes")[coverage.is_police_officer] if coverage.named_officer else "",
        coverage.verified_on.isoformat() if coverage.verified_on else "",
        str((on - told_on).days) if told_on else "",
        "|".join(coverage.gaps),
    )


def gaps_at(now: datetime) -> dict[GapKey, int]:
    """Every gap there is, with its size: postcodes for ``POSTCODES``, else 1."""
    found = {
        GapKey(row.neighbourhood.force_id, row.neighbourhood.pk, kind): 1
        for row in coverage_on(london_date(now))
        for kind in row.gaps
    }
    for force_id, size in _sizes_outside().items():
        found[GapKey(force_id, None, Kind.POSTCODES)] = size
    return found


def postcodes_outside(force: Force) -> QuerySet:
    """Postcodes in use that no neighbourhood holds, in the councils that ``force`` polices.

    A council is policed by a force when any of its postcodes lies in one of the
    force's neighbourhoods. One query, and one for who reads them.
    """
    inside = PostcodeMatch.objects.filter(boundary__boundary_set=force.boundary_set_id)
    councils = inside.exclude(postcode__council_code="").order_by()
    # A list: as a part of the query the database may work it out anew for every postcode.
    policed = list(councils.values_list("postcode__council_code", flat=True).distinct())
    return _unheld().filter(council_code__in=policed).order_by("pk")


def _sizes_outside() -> Counter[str]:
    """By force the number of its ``postcodes_outside``: two queries for all forces together,
    since each has to look at every postcode.
    """
    unheld = _unheld().exclude(council_code="").order_by()
    by_council = dict(unheld.values_list("council_code").annotate(Count("pk")))
    policed = _matched().filter(postcode__council_code__in=by_council).order_by()
    sizes = Counter()
    pairs = policed.values_list("boundary__boundary_set__force", "postcode__council_code")
    for force_id, council in pairs.distinct():
        sizes[force_id] += by_council[council]
    return sizes


def _matched() -> QuerySet:
    return PostcodeMatch.objects.filter(boundary__in=Boundary.objects.in_force())


def _unheld() -> QuerySet:
    """Postcodes in use that have a place and no neighbourhood."""
    placed = Postcode.objects.filter(terminated_on=None, lat__isnull=False)
    return placed.filter(~Exists(_matched().filter(postcode=OuterRef("pk"))))


def _with_facts(places: QuerySet, on: date) -> QuerySet:
    here = {"neighbourhood": OuterRef("pk")}
    newest = NamedContact.objects.in_post(on=on).filter(**here)
    reported = PriorityUpdate.objects.filter(priority=OuterRef("pk")).order_by()
    told = (
        Priority.objects.live()
        .filter(**here)
        .order_by()
        .annotate(
            told_on=Coalesce(
                Subquery(reported.values("priority").annotate(last=Max("made_on")).values("last")),
                F("adopted_on"),
            )
        )
        .values("neighbourhood")
        .annotate(last=Max("told_on"))
        .values("last")
    )
    return places.annotate(
        named_posting=Subquery(newest.values("posting")[:1]),
        drawn=Exists(Boundary.objects.in_force().filter(**here)),
        staffed=Exists(Posting.objects.on(on).filter(**here)),
        told_on=Subquery(told),
    )


def _coverage(
    place: Neighbourhood, holder: Posting | None, verified: dict[tuple[str, int], date]
) -> Coverage:
    days = [
        verified.get(("place", place.pk)),
        holder and verified.get(("member", holder.member_id)),
    ]
    return Coverage(
        neighbourhood=place,
        named_officer=holder.member.title if holder else "",
        is_police_officer=bool(holder and holder.member.is_police_officer),
        verified_on=max(filter(None, days), default=None),
        priorities_told_on=place.told_on,
        gaps=tuple(_gaps(place, holder)),
    )


def _gaps(place: Neighbourhood, holder: Posting | None) -> Iterator[Kind]:
    if not place.drawn:
        yield Kind.BOUNDARY
    if not place.staffed:
        yield Kind.TEAM
    if holder is None:
        yield Kind.NAMED_OFFICER
    elif not holder.member.is_police_officer:
        yield Kind.POLICE_OFFICER
    if place.told_on is None:
        yield Kind.PRIORITY


def _verified_days(
    places: Iterable[Neighbourhood], holders: dict[int, Posting]
) -> dict[tuple[str, int], date]:
    """The newest verification of any contact route, by its owner."""
    owners = {
        "place": ("neighbourhood", [place.pk for place in places]),
        "member": ("member", [posting.member_id for posting in holders.values()]),
    }
    return {
        (owner, pk): day
        for owner, (field, pks) in owners.items()
        for pk, day in ContactRoute.objects.filter(
            **{f"{field}__in": pks}, verified_on__isnull=False
        )
        .values_list(field)
        .annotate(Max("verified_on"))
    }
