"""What leaves as files: a published bulletin (its document, figures, PDF), and coverage."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import TextIO

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language

from neighbourhoods.models import Force
from priorities.pdf import available, render_pdf
from reports.models import Bulletin
from reports.queries.bulletins import Reading, read_published
from reports.queries.coverage import COVERAGE_HEADER, coverage_on, coverage_row
from teams.queries import safety_stamp, with_names, without_hidden

PRINT_STYLE = settings.BASE_DIR / "static" / "src" / "bulletin-print.css"
PDF_KEPT_S = 24 * 60 * 60
COLUMNS = ("figure", "month", "value")
NOT_SUPPLIED = "not supplied"


def figures_json(bulletin: Bulletin) -> bytes:
    """The document itself, byte for byte: its SHA-256 is the fingerprint that the page shows.

    Words in it refer to members by key. Only where such a name was written out, before that
    was so, and has to disappear now, the file refers to its owner and the fingerprint is
    that of the document that is kept. One query.
    """
    return without_hidden(bulletin.document, bulletin.neighbourhood.force).encode()


def figures_csv(bulletin: Bulletin) -> bytes:
    """The counts of the document, one a line, under COLUMNS."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows(_counts(json.loads(bulletin.document)["figures"]))
    return written.getvalue().encode()


def write_coverage(file: TextIO, *, on: date, force: Force | None = None) -> None:
    """A line of CSV for each neighbourhood, of one force or all, as it is on the day ``on``."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COVERAGE_HEADER)
    writer.writerows(coverage_row(row, on=on) for row in coverage_on(on, force=force))


def _counts(figures: dict) -> Iterator[tuple[str, str, object]]:
    states = [priority["state"] for priority in figures["priorities"]]
    yield "police officer named", "", "yes" if figures["officer"]["police_officer"] else "no"
    yield "priorities live", "", states.count("live")
    yield "priorities finished", "", states.count("closed")
    yield "messages due", "", figures["answers"]["due"]
    yield "messages answered in 72 hours", "", figures["answers"]["in_time"]
    for month in figures["crime"]["months"]:
        for name, key in (("crime", "crime"), ("anti-social behaviour", "asb")):
            yield name, month["month"], month[key] if month["supplied"] else NOT_SUPPLIED


def bulletin_pdf(bulletin: Bulletin) -> bytes:
    """A published bulletin as PDF in the active language. Raises PdfUnavailable.

    Kept for a day under all that it is made of, so that nobody can keep the machine
    busy by asking for it.
    """
    return cache.get_or_set(_key(bulletin, "pdf"), lambda: draw_pdf(bulletin), PDF_KEPT_S)


def pdf_size(bulletin: Bulletin) -> int | None:
    """The size of that PDF in bytes; None where this machine cannot make one."""
    if not available():
        return None
    return cache.get_or_set(_key(bulletin, "size"), lambda: len(bulletin_pdf(bulletin)), PDF_KEPT_S)


def draw_pdf(bulletin: Bulletin) -> bytes:
    html = pdf_html(bulletin, read_published(bulletin))
    return render_pdf(html, get_language(), stylesheet=PRINT_STYLE)


def pdf_html(bulletin: Bulletin, reading: Reading) -> str:
    """The page that the PDF is made of, in the active language."""
    url = settings.SITE_URL + reverse("reports:bulletin_detail", kwargs=bulletin.url_kwargs)
    html = render_to_string("reports/pdf/bulletin.html", {"reading": reading, "page_url": url})
    return with_names(html, escape=escape)


def _key(bulletin: Bulletin, what: str) -> str:
    """The stamps stand for the names in it, which the document does not hold."""
    stamps = (bulletin.neighbourhood.stamp, safety_stamp())
    parts = (bulletin.sha256, *stamps, get_language(), settings.BUILD_ID)
    return f"bulletin-{what}:{':'.join(map(str, parts))}"
