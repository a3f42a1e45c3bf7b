"""The PDF of a bulletin, as a screen reader hears it and as it is drawn."""

import base64
import io
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pikepdf
import pytest
import weasyprint
from django.utils import translation
from outloud import check

from priorities.pdf import render_pdf
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


# Nothing is fetched --------------------------------------------------------------------------


class Tempting(HTTPServer):
    """A server that answers with a picture and keeps the paths that it was asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[str] = []


class Asked(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/css" if ".css" in self.path else "image/png")
        self.end_headers()
        self.wfile.write(b"p {}" if ".css" in self.path else PICTURE)

    def log_message(self, *_args):
        """Say nothing."""


def picture() -> bytes:
    """One red dot as PNG."""
    chunks = [
        (b"IHDR", b"\0\0\0\1\0\0\0\1\x08\2\0\0\0"),
        (b"IDAT", zlib.compress(b"\0\xff\0\0")),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
        for kind, data in chunks
    )


PICTURE = picture()


@pytest.fixture
def tempting() -> Iterator[Tempting]:
    with Tempting() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def bait(server: Tempting, folder: Path) -> tuple[str, Path]:
    """A page and its style that name files of the web, of this machine and of their own."""
    (folder / "dot.png").write_bytes(PICTURE)
    (folder / "secret.txt").write_text("The ledger's key")
    web = f"http://127.0.0.1:{server.server_port}"
    data = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
    pictures = (f"{web}/dot.png", (folder / "dot.png").as_uri(), data)
    style = folder / "style.css"
    style.write_text(f"@import url({web}/more.css); body {{ background: url({web}/back.png) }}")
    html = (
        '<html lang="en"><head><title>Bait</title>'
        f'<link rel="stylesheet" href="{web}/linked.css"><style>@import "{web}/inner.css";</style>'
        f'<link rel="attachment" href="{(folder / "secret.txt").as_uri()}"></head><body><p>Words'
        + "".join(f'<img src="{address}" alt="dot">' for address in pictures)
        + f'<object data="{(folder / "dot.png").as_uri()}"></object>'
    )
    return html, style


def pictures_and_attachments(written: bytes) -> tuple[int, int]:
    with pikepdf.open(io.BytesIO(written)) as pdf:
        pictures = [o for o in pdf.objects if _is(o, "/Subtype", "/Image")]
        return len(pictures), len(pdf.attachments)


def _is(found: pikepdf.Object, key: str, value: str) -> bool:
    return isinstance(found, pikepdf.Stream) and found.get(key) == value


def test_nothing_that_a_page_names_is_fetched(tempting, tmp_path):
    html, style = bait(tempting, tmp_path)

    written = render_pdf(html, "en-gb", stylesheet=style)

    assert tempting.asked == []
    assert pictures_and_attachments(written) == (0, 0)


def test_all_of_it_would_be_fetched_by_weasyprint_as_it_comes(tempting, tmp_path):
    """Otherwise the test above would show nothing."""
    html, style = bait(tempting, tmp_path)

    written = weasyprint.HTML(string=html).write_pdf(stylesheets=[weasyprint.CSS(style)])

    assert set(tempting.asked) == {
        "/dot.png",
        "/more.css",
        "/back.png",
        "/linked.css",
        "/inner.css",
    }
    assert pictures_and_attachments(written) >= (1, 1)
