"""A team tells of its quarter: prepared, written, sent back, mended, approved, read."""

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from neighbourhoods.clock import london_date
from neighbourhoods.quarters import quarter_of
from reports.models import Bulletin
from tests.journeys.staff import give_way_in, sign_in

pytestmark = pytest.mark.journey
PLACE = "/areas/casterwell/harkstow/"
SERGEANT, INSPECTOR = "imran.dalvari", "ruth.quillfeather"


@pytest.fixture
def quarter():
    """The quarter that ended last, prepared for one neighbourhood of the demonstration."""
    quarter = quarter_of(london_date(timezone.now())).previous
    Bulletin.objects.filter(neighbourhood__code="harkstow", quarter=quarter.start).delete()
    call_command(
        "prepare_bulletins", str(quarter), force="casterwell", neighbourhood="harkstow", verbosity=0
    )
    return quarter


@pytest.fixture
def change_over(visitor):
    """Call it with a username: whoever is signed in goes, that one comes, or comes back."""
    sessions = {}

    def change(username: str) -> None:
        context = visitor.page.context
        context.clear_cookies()
        if username in sessions:
            context.add_cookies(sessions[username])
        else:
            sign_in(visitor, give_way_in(username))
            sessions[username] = context.cookies()

    return change


def open_desk(visitor, quarter) -> None:
    visitor.go(f"/staff{PLACE}bulletins/{quarter}/")


def write(visitor, english: str) -> None:
    visitor.press(english)
    visitor.fill("What do you want residents to know about this quarter?", "We marked 22 bikes.")
    visitor.fill("The same in Welsh", "Marciwyd 22 o feiciau.")
    visitor.press("Save and preview")
    visitor.press("Send to the inspector")
    assert visitor.sees(visitor.text("Sent to the inspector."))


def decide(visitor, english: str, reason: str = "") -> None:
    visitor.press("Decide about it")
    visitor.page.get_by_label(visitor.text(english), exact=True).check()
    visitor.fill("What has to change?", reason)
    visitor.press("Confirm")


def test_a_bulletin_from_draft_to_page_and_pdf(visitor, quarter, change_over):
    change_over(SERGEANT)
    open_desk(visitor, quarter)
    write(visitor, "Write the team’s words")

    change_over(INSPECTOR)
    open_desk(visitor, quarter)
    decide(visitor, "Send it back to the team", "Say where the bikes were marked.")
    assert visitor.sees("Say where the bikes were marked.")

    change_over(SERGEANT)
    open_desk(visitor, quarter)
    write(visitor, "Change the words")

    change_over(INSPECTOR)
    open_desk(visitor, quarter)
    decide(visitor, "Approve and publish it now")
    assert visitor.sees(visitor.text("Published. Residents can now read it."))

    read_it(visitor, quarter)


def read_it(visitor, quarter) -> None:
    with translation.override(visitor.way.language):
        words = visitor.text("The bulletin for %(quarter)s", quarter=quarter.in_words)
    visitor.go(PLACE)
    visitor.page.get_by_role("link", name=words).click()
    visitor.page.wait_for_load_state("load")
    visitor.check()
    bulletin = Bulletin.objects.get(neighbourhood__code="harkstow", quarter=quarter.start)
    assert visitor.sees(bulletin.sha256)
    assert visitor.sees({"cy": "Marciwyd 22 o feiciau."}.get(visitor.way.language, "We marked 22"))

    link = visitor.page.get_by_role("link", name="PDF").get_attribute("href")
    pdf = visitor.page.request.get(f"{visitor.site}{link}")
    assert (pdf.status, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.body().startswith(b"%PDF-")
