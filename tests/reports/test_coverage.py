"""How well neighbourhoods are covered: the query, the command, the audit and the page."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from reports.models import CoverageGap
from reports.queries.coverage import COVERAGE_HEADER, coverage_on, coverage_row, postcodes_outside
from reports.snapshots import audit_coverage
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
)
from tests.factories.priorities import PriorityFactory, PriorityUpdateFactory
from tests.factories.reports import CoverageGapFactory
from tests.factories.teams import (
    ContactRouteFactory,
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
)
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    SERGEANT,
    acting,
)

pytestmark = pytest.mark.django_db
ON = date(2031, 3, 4)
NOW = datetime(2031, 3, 4, 2, tzinfo=UTC)
Kind = CoverageGap.Kind


def whole(place) -> None:
    """Give a place all that residents need."""
    boundary_set = place.force.boundary_set or BoundarySetFactory(force=place.force, active=True)
    BoundaryFactory(neighbourhood=place, boundary_set=boundary_set)
    posting = PostingFactory(neighbourhood=place, member__force=place.force)
    NamedContactFactory(neighbourhood=place, posting=posting)
    ContactRouteFactory(neighbourhood=place, verified_on=date(2031, 2, 1))
    ContactRouteFactory(of_member=True, member=posting.member, verified_on=date(2031, 2, 3))
    priority = PriorityFactory(neighbourhood=place, adopted_on=date(2031, 1, 4))
    PriorityUpdateFactory(priority=priority, made_on=date(2031, 2, 22))


@pytest.fixture
def force():
    return ForceFactory(id="casterwell")


@pytest.fixture
def covered(force):
    place = NeighbourhoodFactory(force=force, code="CW01", name="Harkstow")
    whole(place)
    return place


@pytest.fixture
def bare(force):
    return NeighbourhoodFactory(force=force, code="CW02", name="Fennimore")


def test_what_is_covered_and_what_is_missing(covered, bare):
    rows = [coverage_row(row, on=ON) for row in coverage_on(ON)]

    assert rows == [
        (
            "casterwell", "CW01", "Harkstow", "PC Tamsin Quillow", "yes", "2031-02-03", "10", "",
        ),
        (
            "casterwell", "CW02", "Fennimore", "", "", "", "",
            "boundary|team|named_officer|priority",
        ),
    ]  # fmt: skip


def test_a_pcso_as_named_contact_is_named_but_a_gap(covered):
    pcso = PostingFactory(
        neighbourhood=covered, member=MemberFactory(force=covered.force, pcso=True)
    )
    NamedContactFactory(neighbourhood=covered, posting=pcso, from_on=date(2031, 3, 1))

    [row] = coverage_on(ON)

    assert (row.named_officer, row.gaps) == ("PCSO Dee Ferncastle", (Kind.POLICE_OFFICER,))
    assert coverage_row(row, on=ON)[4] == "no"


def test_a_named_officer_whose_posting_ended_is_a_gap(covered):
    covered.postings.update(to_on=date(2031, 3, 3))

    [row] = coverage_on(ON)

    assert row.gaps == (Kind.TEAM, Kind.NAMED_OFFICER)
    assert row.verified_on == date(2031, 2, 1)  # the team's own way still stands


def test_a_priority_without_a_report_is_as_old_as_its_adoption(covered):
    covered.priorities.get().updates.all().delete()

    [row] = coverage_on(ON)

    assert row.priorities_told_on == date(2031, 1, 4)


def test_ended_neighbourhoods_and_other_forces_are_left_out(covered, force):
    NeighbourhoodFactory(force=force, ended=True)
    NeighbourhoodFactory()

    assert [row.neighbourhood for row in coverage_on(ON, force=force)] == [covered]
    assert len(list(coverage_on(ON))) == 2


@pytest.mark.parametrize("more", [0, 2])
def test_query_count(covered, force, more, django_assert_num_queries):
    for place in NeighbourhoodFactory.create_batch(more, force=force):
        whole(place)

    with django_assert_num_queries(4):
        assert len(list(coverage_on(ON))) == 1 + more


def test_postcodes_in_no_neighbourhood_of_a_council_the_force_polices(covered):
    inside = PostcodeFactory(council_code="E07000001")
    PostcodeMatchFactory(postcode=inside, boundary=covered.boundaries.get())
    outside = PostcodeFactory(council_code="E07000001")
    PostcodeFactory(council_code="E07000001", terminated_on=date(2030, 1, 1))
    PostcodeFactory(council_code="E07000001", lat=None, lng=None)
    PostcodeFactory(council_code="E07000002")
    PostcodeFactory()

    assert list(postcodes_outside(covered.force)) == [outside]


def said(*arguments: str) -> list[list[str]]:
    out = StringIO()
    call_command("coverage", *arguments, stdout=out)
    return list(csv.reader(StringIO(out.getvalue())))


def test_the_command_prints_every_neighbourhood_or_those_of_one_force(covered):
    other = NeighbourhoodFactory(force__id="brithell")

    header, first, second = said()

    assert tuple(header) == COVERAGE_HEADER
    assert [first[0], second[0]] == ["brithell", "casterwell"]
    assert said("brithell")[1:] == [first]
    assert first[1] == other.code


def test_the_command_names_a_force_that_it_does_not_know():
    with pytest.raises(CommandError, match="There is no force 'atlantis'"):
        call_command("coverage", "atlantis")


def test_the_audit_opens_each_gap_once_and_ends_it_when_it_is_gone(covered, bare):
    tomorrow, later = NOW + timedelta(days=1), NOW + timedelta(days=2)

    assert audit_coverage(now=NOW) == "4 gaps, 4 new, 0 ended"
    assert audit_coverage(now=tomorrow) == "4 gaps, 0 new, 0 ended"
    whole(bare)
    assert audit_coverage(now=later) == "0 gaps, 0 new, 4 ended"
    bare.priorities.update(place=2, state="CLOSED", closed_on=ON, outcome="Done.")
    assert audit_coverage(now=later) == "1 gaps, 1 new, 0 ended"

    gaps = CoverageGap.objects.filter(neighbourhood=bare).order_by("pk")
    assert list(gaps.values_list("kind", "began_on", "ended_on")) == [
        (Kind.BOUNDARY, ON, date(2031, 3, 6)),
        (Kind.TEAM, ON, date(2031, 3, 6)),
        (Kind.NAMED_OFFICER, ON, date(2031, 3, 6)),
        (Kind.PRIORITY, ON, date(2031, 3, 6)),
        (Kind.PRIORITY, date(2031, 3, 6), None),
    ]


def test_the_audit_follows_the_number_of_postcodes(covered):
    inside = PostcodeFactory(council_code="E07000001")
    PostcodeMatchFactory(postcode=inside, boundary=covered.boundaries.get())
    PostcodeFactory.create_batch(2, council_code="E07000001")
    audit_coverage(now=NOW)
    PostcodeFactory(council_code="E07000001")

    audit_coverage(now=NOW + timedelta(days=1))

    [gap] = CoverageGap.objects.all()
    assert (gap.kind, gap.size, gap.began_on) == (Kind.POSTCODES, 3, ON)


BROKEN = [
    ("coveragegap_postcodes_are_the_forces", {}, {"size": 2}),
    ("coveragegap_ends_after_it_begins", {}, {"ended_on": date(2031, 3, 3)}),
    ("coveragegap_has_size", {"of_postcodes": True}, {"size": 0}),
]


@pytest.mark.parametrize(("name", "traits", "broken"), BROKEN, ids=[name for name, *_ in BROKEN])
def test_constraints(name, traits, broken):
    gap = CoverageGapFactory(**traits)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CoverageGap.objects.filter(pk=gap.pk).update(**broken)


@pytest.mark.parametrize("traits", [{}, {"of_postcodes": True}])
def test_a_gap_is_open_once(traits):
    gap = CoverageGapFactory(**traits)

    with pytest.raises(IntegrityError), transaction.atomic():
        CoverageGapFactory(force=gap.force, neighbourhood=gap.neighbourhood, **traits)
    CoverageGap.objects.update(ended_on=gap.began_on)
    assert CoverageGapFactory(force=gap.force, neighbourhood=gap.neighbourhood, **traits).pk


def page(force) -> str:
    return reverse("reports:coverage_detail", kwargs={"force_id": force.pk})


def test_the_page_shows_open_gaps_with_the_day_they_were_found(covered, bare):
    CoverageGapFactory(neighbourhood=bare, kind=Kind.TEAM, began_on=ON)
    CoverageGapFactory(neighbourhood=bare, kind=Kind.PRIORITY, closed=True)
    CoverageGapFactory(of_postcodes=True, force=covered.force, began_on=date(2031, 3, 1))

    response = acting(ADMINISTRATOR, covered.force).get(page(covered.force))

    assert [gap.kind for gap in response.context["gaps"]] == [Kind.POSTCODES, Kind.TEAM]
    assert b"Fennimore" in response.content
    assert b"12 postcodes" in response.content
    assert b'<time datetime="2031-03-04">' in response.content


def test_the_page_says_when_nothing_is_missing(covered):
    response = acting(ADMINISTRATOR, covered.force).get(page(covered.force))

    assert b"Nothing was missing last night" in response.content


def test_the_table_holds_every_neighbourhood(covered, bare):
    response = acting(ADMINISTRATOR, covered.force).get(
        reverse("reports:coverage_csv", kwargs={"force_id": covered.force.pk})
    )

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(response.content.decode())))
    assert [row[1] for row in rows] == ["neighbourhood_id", "CW01", "CW02"]


@pytest.mark.parametrize("name", ["reports:coverage_detail", "reports:coverage_csv"])
@pytest.mark.parametrize(("role", "status"), [(SERGEANT, 403), (INSPECTOR, 200)])
def test_who_may_see_it(covered, name, role, status):
    path = reverse(name, kwargs={"force_id": covered.force.pk})

    assert acting(role, covered.force).get(path).status_code == status
    assert acting(role, covered).get(path).status_code == 404
    assert acting(role, covered.force).post(path).status_code == 405
