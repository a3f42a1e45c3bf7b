import csv
import hashlib
import io

import pytest
from django.urls import reverse

from neighbourhoods.models import Neighbourhood
from priorities import pdf
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.reports import BulletinFactory, figures
from tests.factories.teams import MemberFactory

pytestmark = pytest.mark.django_db
ONES = ["bulletin_detail", "bulletin_pdf", "bulletin_json", "bulletin_csv"]


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


@pytest.fixture
def bulletin(place):
    return BulletinFactory(neighbourhood=place, published=True)


def url(name, place, quarter="2030-Q4"):
    more = {} if name == "bulletin_list" else {"quarter": quarter}
    return reverse(f"reports:{name}", kwargs={**place.url_kwargs, **more})


def test_addresses(place):
    base = "/areas/casterwell/harkstow/bulletins/"
    assert [url(name, place) for name in ["bulletin_list", *ONES]] == [
        base,
        f"{base}2030-Q4/",
        f"{base}2030-Q4/bulletin.pdf",
        f"{base}2030-Q4/figures.json",
        f"{base}2030-Q4/figures.csv",
    ]


@pytest.mark.parametrize("name", ONES)
@pytest.mark.parametrize("state", ["due", "written", "submitted", "sent_back"])
def test_only_what_is_published_is_there(client, place, name, state):
    BulletinFactory(neighbourhood=place, **{state: True})

    assert client.get(url(name, place)).status_code == 404


def test_another_quarter_or_place_is_not_there(client, bulletin):
    base = "/areas/casterwell/harkstow/bulletins/"
    elsewhere = NeighbourhoodFactory()

    paths = [f"{base}2030-Q3/", f"{base}2030-Q5/", f"{base}soon/", url(ONES[0], elsewhere)]

    assert {client.get(path).status_code for path in paths} == {404}


def test_the_list_names_quarters(client, place):
    assert b"No bulletin has been published yet." in client.get(url("bulletin_list", place)).content

    BulletinFactory(neighbourhood=place, published=True)
    Neighbourhood.objects.all().raise_stamps()
    page = client.get(url("bulletin_list", place)).content.decode()
    assert "October to December 2030" in page
    assert url("bulletin_detail", place) in page


def test_the_page_tells_figures_words_date_and_fingerprint(client, bulletin):
    page = client.get(url("bulletin_detail", bulletin.neighbourhood)).content.decode()

    for text in (
        "Thefts by the station go on.",
        "No message of this quarter had to be answered.",
        "0 crimes and incidents were recorded from October to December 2030.",
        "Nobody had been named as your officer by the end of the quarter.",
        "We had no priorities agreed with residents in this quarter.",
        bulletin.sha256,
        '<time datetime="2031-01-06">',
        "KB)",
    ):
        assert text in page


def test_the_page_in_welsh_has_the_welsh_words(client, bulletin):
    page = client.get(f"/cy{url('bulletin_detail', bulletin.neighbourhood)}").content.decode()

    assert "Marciwyd 22 o feiciau." in page
    assert "Thefts by the station" not in page


@pytest.mark.parametrize(
    ("officer", "said"),
    [
        (
            {"state": "named", "police_officer": False},
            "This is not a police officer: a police officer still has to be named.",
        ),
        ({"state": "named", "member": 999_999}, "The name is no longer shown."),
        ({"state": "vacant", "member": None}, "The post had been empty since 1 October 2030."),
    ],
)
def test_who_was_named(client, place, officer, said):
    told = {
        "state": "named",
        "since": "2030-10-01",
        "member": MemberFactory(pcso=True, force=place.force).pk,
        "police_officer": True,
    }
    BulletinFactory(neighbourhood=place, published=True, figures=figures(officer=told | officer))

    assert said in client.get(url("bulletin_detail", place)).content.decode()


def test_the_document_hashes_to_the_fingerprint(client, bulletin):
    response = client.get(url("bulletin_json", bulletin.neighbourhood))

    assert response["Content-Type"] == "application/json"
    assert hashlib.sha256(response.content).hexdigest() == bulletin.sha256
    assert response["ETag"] == f'"{bulletin.sha256}"'
    again = client.get(
        url("bulletin_json", bulletin.neighbourhood), headers={"if-none-match": response["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_the_table_has_every_count(client, place):
    months = [
        {"month": "2030-10", "supplied": True, "crime": 41, "asb": 17},
        {"month": "2030-11", "supplied": False, "crime": 0, "asb": 0},
        {"month": "2030-12", "supplied": True, "crime": 45, "asb": 16},
    ]
    told = figures(answers={"due": 44, "in_time": 37}, crime={"months": months})
    BulletinFactory(neighbourhood=place, published=True, figures=told)

    response = client.get(url("bulletin_csv", place))

    assert list(csv.reader(io.StringIO(response.content.decode()))) == [
        ["figure", "month", "value"],
        ["police officer named", "", "no"],
        ["priorities live", "", "0"],
        ["priorities finished", "", "0"],
        ["messages due", "", "44"],
        ["messages answered in 72 hours", "", "37"],
        ["crime", "2030-10", "41"],
        ["anti-social behaviour", "2030-10", "17"],
        ["crime", "2030-11", "not supplied"],
        ["anti-social behaviour", "2030-11", "not supplied"],
        ["crime", "2030-12", "45"],
        ["anti-social behaviour", "2030-12", "16"],
    ]


def test_the_pdf_is_drawn_once_and_kept(client, bulletin, monkeypatch):
    address = url("bulletin_pdf", bulletin.neighbourhood)
    first = client.get(address)
    monkeypatch.setattr("reports.exports.draw_pdf", None)

    second = client.get(address)

    assert (first["Content-Type"], first.content[:5]) == ("application/pdf", b"%PDF-")
    assert second.content == first.content


def test_without_the_libraries_the_page_alone_is_there(client, bulletin, monkeypatch):
    monkeypatch.setattr(pdf, "weasyprint", None)

    page = client.get(url("bulletin_detail", bulletin.neighbourhood)).content.decode()
    missing = client.get(url("bulletin_pdf", bulletin.neighbourhood))

    assert "only this page is available" in page
    assert url("bulletin_pdf", bulletin.neighbourhood) not in page
    assert missing.status_code == 503
    with pytest.raises(pdf.PdfUnavailable, match="libpango"):
        pdf.render_pdf("<p>", "cy", stylesheet=None)


def test_the_home_leads_to_the_newest(client, bulletin):
    home = client.get("/areas/casterwell/harkstow/").content.decode()

    assert "The bulletin for October to December 2030" in home


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count_of_the_list(client, place, rows, django_assert_num_queries):
    for month in (1, 4, 7)[:rows]:
        quarter = BulletinFactory.quarter.replace(month=month)
        BulletinFactory(neighbourhood=place, published=True, quarter=quarter)

    with django_assert_num_queries(3):
        client.get(url("bulletin_list", place))
