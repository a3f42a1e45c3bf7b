"""Nobody finds PC Oakcanary in the demonstration, wherever they look."""

import pytest
from django.test import Client
from django.utils import timezone

from config.demo.loading import load_demo
from neighbourhoods.models import Neighbourhood
from tests.architecture.test_hide_crawl import public, words

pytestmark = pytest.mark.django_db
NAMES = ("zephyrine", "oakcanary", "driftwell", "aldercombe")


def test_no_address_of_her_team_knows_zephyrine(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr("reports.exports.render_pdf", lambda html, *_, **__: html.encode())
    load_demo(now=timezone.now())
    reader, read, told = Client(), 0, []
    for path in public(Neighbourhood.objects.get(code="tarrow-dock")):
        response = reader.get(path)
        read += response.status_code == 200
        said = words(response.headers, response.content)
        told += [(path, name) for name in NAMES if name in said]

    assert told == []
    assert read > 40
