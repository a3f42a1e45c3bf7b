"""How a request is refused: nothing told to an outsider, nothing done for a stranger's form."""

import re

import pytest

from teams import access
from tests.permissions.rows import GUARDED, ROWS, WHO, Row
from tests.permissions.world import ANYONE, SCOPES, UNENROLLED, World

pytestmark = pytest.mark.django_db
# A browser that was sent here by a mail program has no token to send (RFC 8058).
WITHOUT_TOKEN = {"/follow/leave/<str:token>"}
OTHER_FORCE = SCOPES[3]
TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


def let_in(row: Row) -> str:
    """Somebody whom the matrix lets in; nobody where there is nothing to find."""
    return next((who for who in WHO if row.cells[who][0] == "y"), "")


def asked_for_a_factor(world: World) -> dict[str, str]:
    """What somebody gets who may do everything, but has no second factor."""
    return {
        str(row): world.answer(UNENROLLED, row.method, world.path(row.url, SCOPES[0])).letter
        for row in GUARDED
    }


def expected_without_a_factor() -> dict[str, str]:
    return {str(row): "5" if row.cells[ANYONE][0] == "5" else "e" for row in GUARDED}


def test_no_role_opens_a_page_without_a_second_factor(world):
    assert asked_for_a_factor(world) == expected_without_a_factor()


def test_a_second_factor_that_is_not_asked_for_is_noticed(world, monkeypatch):
    monkeypatch.setattr(access, "has_second_factor", lambda _user: True)

    assert asked_for_a_factor(world) != expected_without_a_factor()


def test_an_outsider_gets_the_same_bytes_as_for_what_does_not_exist(world):
    told = []
    for row in GUARDED:
        who = let_in(row)
        if row.method == "GET" and who and row.cells[who][-1] == "4":
            there = world.path(row.url, OTHER_FORCE)
            nowhere = there.replace(world.places[OTHER_FORCE].force_id, "no-such-force")
            if _bytes(world, who, there) != _bytes(world, who, nowhere):
                told.append(str(row))

    assert told == []


def test_an_object_of_another_place_is_as_one_that_does_not_exist(world):
    told = []
    for row in GUARDED:
        who = let_in(row)
        if row.method == "GET" and who and "<int:pk>" in row.url:
            other = world.path(row.url, SCOPES[0], objects_of=OTHER_FORCE)
            missing = re.sub(rf"/{world.keys[OTHER_FORCE][0] // 100}[0-9]{{2}}/", "/999999/", other)
            if _bytes(world, who, other) != _bytes(world, who, missing):
                told.append(str(row))

    assert told == []


def _bytes(world: World, who: str, path: str) -> bytes:
    """The page without its own address, which it links to in the other language."""
    answer = world.answer(who, "GET", path)
    assert answer.letter == "4", path
    return TOKENS.sub(b"", answer.content.replace(path.encode(), b"PATH"))


def test_a_form_without_its_token_is_refused_to_whoever_may_send_it(world):
    refused = {}
    for row in ROWS:
        if row.method == "POST" and (who := let_in(row)):
            answer = world.answer(who, "POST", world.path(row.url, SCOPES[0]), checks=True)
            refused[row.url] = (answer.status, answer.written)

    assert {url for url, answer in refused.items() if answer != (403, [])} == WITHOUT_TOKEN


def test_how_much_the_matrix_says():
    """So that a row or a role that goes missing is missed."""
    cells = sum(len(row.cells[who]) for row in ROWS for who in WHO)

    assert (len(ROWS), len(WHO)) == (406, 8)
    assert cells == 8_336
