"""How long bulletins take from rows to PDF, beside what WeasyPrint alone needs for the pages."""

import os
import resource
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter

import weasyprint
from django.utils import timezone

from bench import Pair, middle, report
from neighbourhoods.models import Force, Neighbourhood
from neighbourhoods.quarters import Quarter
from reports.exports import PRINT_STYLE, draw_pdf, pdf_html
from reports.models import Bulletin, CrimeCount, DataMonth
from reports.queries.bulletins import read_published
from reports.services.bulletins import approve_bulletin, submit_bulletin, write_bulletin
from reports.snapshots import prepare_quarter
from reports.tasks import prepare_bulletins
from teams.models import User
from tests.acceptance import Folder, import_all
from tests.factories.teams import RoleGrantFactory, UserFactory

PLACES, DRAWN, ROUNDS = 171, 20, 3
MEGABYTE = 1_000_000
QUARTER = Quarter(2021, 4)
WORDS = "We met you at the library every month. Most of what you told us was about parking."
KINDS = ("Anti-social behaviour", "Burglary", "Drugs", "Vehicle crime")


def measure() -> None:
    """Prepare the bulletins of an invented force and draw some of them; print time and memory."""
    force = _invented_force()
    preparing, rows_peak = _prepare()
    bulletins = _published(force)
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
        rows_python_peak_mb=round(rows_peak, 2),
        floor="ratio <= 1.5",
    )


def measure_real(folder: Path) -> None:
    """Prepare, publish and draw the bulletins of one real force, all of them.

    The database holds nothing else; ``folder`` is an acceptance folder.
    """
    with redirect_stdout(sys.stderr):
        import_all(Folder(folder))
    resident = {"imported": _resident_megabytes()}
    preparing, rows_peak = _prepare()
    resident["prepared"] = _resident_megabytes()
    bulletins = _published(Force.objects.get())
    drawing = _beside_weasyprint(bulletins)
    resident["drawn"] = _resident_megabytes()
    pdf_peak = max(_python_megabytes(partial(draw_pdf, row)) for row in bulletins[:DRAWN])
    report(
        "prepare_bulletins_real",
        Pair(preparing + drawing.value, drawing.peer_value),
        "s",
        peer="WeasyPrint alone",
        bulletins=len(bulletins),
        rows_alone_s=round(preparing, 3),
        rows_python_peak_mb=round(rows_peak, 2),
        pdf_python_peak_mb=round(pdf_peak, 2),
        process_resident_peak_mb=resident,
        floor="ratio <= 1.5",
    )


def _prepare() -> tuple[float, float]:
    """Seconds of the job, and the most megabytes that Python held for another quarter.

    They are measured apart: looking at memory slows the work down.
    """
    began = perf_counter()
    prepare_bulletins(str(QUARTER))
    seconds = perf_counter() - began
    before = QUARTER.previous
    return seconds, _python_megabytes(lambda: prepare_quarter(before, now=timezone.now()))


def _python_megabytes(call: Callable[[], object]) -> float:
    """The most that Python held at once for the call beyond what it held before."""
    tracemalloc.start()
    try:
        call()
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak / MEGABYTE


def _resident_megabytes() -> int:
    """The most memory that this process has had of the machine until now."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round((peak if sys.platform == "darwin" else peak * 1024) / MEGABYTE)


def _published(force: Force) -> list[Bulletin]:
    """The quarter's bulletins as residents see them, with the same words in each."""
    rows = Bulletin.objects.filter(neighbourhood__force=force, quarter=QUARTER.start)
    sergeant = UserFactory()
    inspector = RoleGrantFactory(inspector=True, force=force, neighbourhood=None).user
    return [_publish(row, sergeant, inspector) for row in rows.order_by("neighbourhood__code")]


def _publish(bulletin: Bulletin, sergeant: User, inspector: User) -> Bulletin:
    now = timezone.now()
    write_bulletin(bulletin=bulletin, words={"words": WORDS, "words_cy": ""}, by=sergeant)
    submit_bulletin(bulletin=bulletin, by=sergeant, now=now)
    return approve_bulletin(bulletin=bulletin, by=inspector, now=now)


def _beside_weasyprint(bulletins: list[Bulletin]) -> Pair:
    """All of them from rows to finished PDF, and by WeasyPrint alone, each one after the other."""
    pairs = [_drawn_beside_weasyprint(bulletin) for bulletin in bulletins]
    return Pair(sum(pair.value for pair in pairs), sum(pair.peer_value for pair in pairs))


def _drawn_beside_weasyprint(bulletin: Bulletin) -> Pair:
    """One bulletin as its page hands it out, and the same HTML by WeasyPrint alone."""
    began = perf_counter()
    pdf = draw_pdf(bulletin)
    ours = perf_counter() - began
    _keep(bulletin, pdf)
    page = pdf_html(bulletin, read_published(bulletin))
    began = perf_counter()
    _weasyprint_alone(page)
    return Pair(ours, perf_counter() - began)


def _weasyprint_alone(page: str) -> None:
    style = weasyprint.CSS(filename=PRINT_STYLE)
    weasyprint.HTML(string=page).write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")


def _keep(bulletin: Bulletin, pdf: bytes) -> None:
    """Write it down to be looked at, where BENCH_KEEP names a folder."""
    if folder := os.environ.get("BENCH_KEEP"):
        Path(folder, f"{bulletin.neighbourhood.code}.pdf").write_bytes(pdf)


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
