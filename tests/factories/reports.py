from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from neighbourhoods.quarters import quarter_of
from reports.models import Bulletin, CoverageGap, CrimeCount, CrimeType, DataMonth
from reports.models.bulletin import canonical, digest
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import UserFactory


class DataMonthFactory(DjangoModelFactory):
    class Meta:
        model = DataMonth

    force = factory.SubFactory(ForceFactory)
    month = factory.Sequence(lambda n: date(2020 + n // 12 % 100, n % 12 + 1, 1))
    rows = 1
    kept = 1
    source = "2031-01-force-street.csv"

    class Params:
        missing = factory.Trait(supplied=False, rows=0, kept=0, source="")


class CrimeCountFactory(DjangoModelFactory):
    class Meta:
        model = CrimeCount

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    force = factory.LazyAttribute(lambda count: count.neighbourhood.force)
    month = date(2031, 1, 1)
    crime_type = CrimeType.BURGLARY.value
    place = CrimeCount.Place.NEIGHBOURHOOD
    count = 3

    class Params:
        without_coordinates = factory.Trait(
            neighbourhood=None,
            force=factory.SubFactory(ForceFactory),
            place=CrimeCount.Place.NO_COORDINATES,
        )


def figures(**changes: object) -> dict[str, object]:
    """What a quarter's figures look like where nothing happened; pass what did."""
    quiet = {
        "officer": {"state": "none", "since": None, "member": None, "police_officer": False},
        "priorities": [],
        "answers": {"due": 0, "in_time": 0},
        "crime": {
            "months": [
                {"month": f"2030-{month}", "supplied": True, "crime": 0, "asb": 0}
                for month in (10, 11, 12)
            ]
        },
    }
    return quiet | changes


class BulletinFactory(DjangoModelFactory):
    """A draft for October to December 2030 without words; traits for the other states."""

    class Meta:
        model = Bulletin
        skip_postgeneration_save = True

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    quarter = date(2030, 10, 1)
    state = Bulletin.State.DRAFT
    figures = factory.LazyFunction(figures)
    prepared_at = datetime(2031, 1, 2, 6, tzinfo=UTC)

    class Params:
        due = factory.Trait(state=Bulletin.State.DUE, figures=None, prepared_at=None)
        written = factory.Trait(
            words="We marked 22 bikes.\n\nThefts by the station go on.",
            words_cy="Marciwyd 22 o feiciau.",
            written_by=factory.SubFactory(UserFactory, name="Imran Dalvari"),
            sign=factory.PostGeneration(lambda row, *_: row.authors.add(row.written_by)),
        )
        submitted = factory.Trait(
            written=True,
            state=Bulletin.State.SUBMITTED,
            submitted_at=datetime(2031, 1, 5, 9, tzinfo=UTC),
        )
        sent_back = factory.Trait(
            submitted=True,
            state=Bulletin.State.SENT_BACK,
            reviewed_by=factory.SubFactory(UserFactory, name="Ruth Quillfeather"),
            sent_back_reason="Say which station.",
        )
        published = factory.Trait(
            submitted=True,
            state=Bulletin.State.PUBLISHED,
            reviewed_by=factory.SubFactory(UserFactory, name="Ruth Quillfeather"),
            approved_at=datetime(2031, 1, 6, 9, tzinfo=UTC),
            published_at=datetime(2031, 1, 6, 9, tzinfo=UTC),
            document=factory.LazyAttribute(lambda row: canonical(_document(row))),
            sha256=factory.LazyAttribute(lambda row: digest(row.document)),
        )


def _document(row: object) -> dict[str, object]:
    return {
        "schema": 1,
        "force": row.neighbourhood.force_id,
        "neighbourhood": row.neighbourhood.code,
        "quarter": str(quarter_of(row.quarter)),
        "made_at": row.prepared_at.isoformat(),
        "published_at": row.published_at.isoformat(),
        "approved_by": "inspector",
        "words": {"en": row.words, "cy": row.words_cy},
        "figures": row.figures,
    }


class CoverageGapFactory(DjangoModelFactory):
    class Meta:
        model = CoverageGap

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    force = factory.LazyAttribute(lambda gap: gap.neighbourhood.force)
    kind = CoverageGap.Kind.TEAM
    began_on = date(2031, 3, 4)

    class Params:
        of_postcodes = factory.Trait(
            neighbourhood=None,
            force=factory.SubFactory(ForceFactory),
            kind=CoverageGap.Kind.POSTCODES,
            size=12,
        )
        closed = factory.Trait(ended_on=date(2031, 3, 5))
