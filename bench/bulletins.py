"""How long bulletins take from rows to PDF, beside what WeasyPrint alone needs for the pages."""

import tracemalloc
from datetime import date
from random import Random
from time import perf_counter

import weasyprint
from django.utils import timezone

from bench import Pair, middle, report
from neighbourhoods.models import Force, Neighbourhood
from neighbourhoods.quarters import Quarter
from priorities.pdf import render_pdf
from reports.exports import PRINT_STYLE, pdf_html
from reports.models import Bulletin, CrimeCount, DataMonth
from reports.queries.bulletins import read_draft
from reports.snapshots import prepare_quarter

PLACES, DRAWN, ROUNDS = 171, 20, 3
QUARTER = Quarter(2021, 4)
KINDS = ("Anti-social behaviour", "Burglary", "Drugs", "Vehicle crime")


def measure() -> None:
    """Prepare the bulletins of an invented force and draw some of them; print time and memory."""
    force = _invented_force()
    preparing, megabytes = _prepare()
    bulletins = list(
        Bulletin.objects.filter(neighbourhood__force=force, quarter=QUARTER.start)
        .select_related("neighbourhood__force")
        .order_by("pk")
    )
    drawn = bulletins[:DRAWN]
    drawing = middle(_beside_weasyprint(drawn) for _ in range(ROUNDS))
    share = preparing * DRAWN / len(bulletins)
    report(
        "prepare_bulletins",
        Pair(drawing.value + share, drawing.peer_value),
        "s",
        peer="WeasyPrint alone",
        bulletins=DRAWN,
        rows_alone_s=round(share, 3),
        rows_peak_mb=round(megabytes, 2),
        aim="ratio <= 1.5",
    )


def _prepare() -> tuple[float, float]:
    """Seconds, and the most megabytes that Python held for another quarter, measured apart:
    looking at memory slows the work down.
    """
    began = perf_counter()
    prepare_quarter(QUARTER, now=timezone.now())
    seconds = perf_counter() - began
    tracemalloc.start()
    prepare_quarter(QUARTER.previous, now=timezone.now())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, peak / 1_000_000


def _beside_weasyprint(bulletins: list[Bulletin]) -> Pair:
    """The same pages from rows to finished PDF, and by WeasyPrint alone from HTML."""
    began = perf_counter()
    pages = [pdf_html(bulletin, read_draft(bulletin)) for bulletin in bulletins]
    for page in pages:
        render_pdf(page, "en-gb", stylesheet=PRINT_STYLE)
    ours = perf_counter() - began
    began = perf_counter()
    for page in pages:
        style = weasyprint.CSS(filename=PRINT_STYLE)
        weasyprint.HTML(string=page).write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    return Pair(ours, perf_counter() - began)


def _invented_force() -> Force:
    chance = Random(PLACES)
    force = Force.objects.create(id="bulletin-bench", name="Bulletin Bench Police")
    places = Neighbourhood.objects.bulk_create(
        Neighbourhood(force=force, code=f"N{n:03}", name=f"Place {n}") for n in range(PLACES)
    )
    months = QUARTER.months
    DataMonth.objects.bulk_create(DataMonth(force=force, month=month) for month in months)
    CrimeCount.objects.bulk_create(
        _count(place, month, kind, chance) for place in places for month in months for kind in KINDS
    )
    return force


def _count(place: Neighbourhood, month: date, kind: str, chance: Random) -> CrimeCount:
    return CrimeCount(
        force_id=place.force_id,
        neighbourhood=place,
        place=CrimeCount.Place.NEIGHBOURHOOD,
        month=month,
        crime_type=kind,
        count=chance.randrange(1, 90),
    )
