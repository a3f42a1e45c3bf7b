"""The PDF of a bulletin, as a screen reader hears it and as it is drawn."""

import pikepdf
import pytest
from django.utils import translation
from outloud import check

from reports.exports import draw_pdf
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.reports import BulletinFactory, figures
from tests.factories.teams import MemberFactory

pytestmark = pytest.mark.django_db
LANGUAGES = {"en-gb": "en-GB", "cy": "cy"}


@pytest.fixture
def bulletin():
    """A bulletin with all that one can hold, some of it in English alone."""
    place = NeighbourhoodFactory(
        force__id="casterwell", name="Harkstow Estate", name_cy="Ystad Harkstow"
    )
    member = MemberFactory(force=place.force)
    return BulletinFactory(neighbourhood=place, published=True, figures=full_figures(member))


def full_figures(member) -> dict[str, object]:
    action = {
        "what": "Patrols by the school at half past three",
        "what_cy": "Patrolau ger yr ysgol am hanner awr wedi tri",
        "owner": "PCSO Dee Ferncastle",
        "owner_cy": "",
        "done_on": "2030-11-12",
    }
    priority = {
        "title": "Off-road bikes on the estate",
        "title_cy": "",
        "adopted_on": "2030-08-01",
        "state": "closed",
        "closed_on": "2030-12-03",
        "outcome": "Nine bikes seized.\n\nReports fell quiet.",
        "outcome_cy": "",
        "actions": [action],
    }
    parking = {"title": "Parking", "state": "live", "outcome": "", "closed_on": None}
    months = [
        {"month": "2030-10", "supplied": True, "crime": 41, "asb": 17},
        {"month": "2030-11", "supplied": False, "crime": 0, "asb": 0},
        {"month": "2030-12", "supplied": True, "crime": 45, "asb": 16},
    ]
    return figures(
        officer={
            "state": "named",
            "since": "2029-05-08",
            "member": member.pk,
            "police_officer": True,
        },
        priorities=[priority, priority | parking],
        answers={"due": 44, "in_time": 37},
        crime={"months": months},
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bulletin_as_pdf_has_no_barrier(bulletin, language, tmp_path):
    path = tmp_path / f"bulletin-{language}.pdf"
    with translation.override(language):
        path.write_bytes(draw_pdf(bulletin))

    checked = check(str(path))

    assert [finding for finding in checked.findings if finding.severity != "info"] == []
    assert checked.errors == 0
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == LANGUAGES[language]
