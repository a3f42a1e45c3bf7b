"""Every address, asked by every role in four places, against the reviewed ``matrix.csv``.

A cell holds one letter for each of ``SCOPES``, or one alone where nobody's permission is
asked for or no place is named: y let in, 3 forbidden, 4 not found, 5 not by this method,
s sent to sign in. A new address fails until somebody has written what it has to answer.
``proof.csv`` lists the addresses at which a code has to be shown again.
"""

import csv
from pathlib import Path

import pytest

from teams import access
from teams.models.role_grant import RoleGrantQuerySet
from teams.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.architecture.routes import all_routes
from tests.architecture.test_staff_urls import VALUES
from tests.permissions.rows import GUARDED, ROWS, WHO, Row
from tests.permissions.world import SCOPES, World

METHODS = ("GET", "POST")
SIGNED_IN = "(signed in)"
REFUSED = "345s"
URGENT_ROLES = 2  # who publishes updates, of which none in the world is urgent


pytestmark = pytest.mark.django_db
OVER_A_PART = {Role.OFFICER, Role.SERGEANT, Role.INSPECTOR}
# What a view asks for beyond the permission that lets in: who may publish, or is trusted to.
INSIDE = {
    Permission.UPDATE_PUBLISH: (
        Permission.UPDATE_WRITE,
        "/staff/areas/<str:force_id>/<str:neighbourhood_id>/updates/<int:pk>/publish/",
    ),
}
# Whose pages are a force's alone: a grant over a part of it does not reach them anyway.
OF_A_FORCE = (
    set(Permission) - {row.permission for row in GUARDED if "/areas/" in row.url} - INSIDE.keys()
)


def wrong(world: World, row: Row, who: str) -> list[str]:
    """What is not as the cell has it, and what was written for somebody who was refused."""
    found = []
    for scope, expected in zip(row.scopes, row.cells[who], strict=True):
        answer = world.answer(who, row.method, world.path(row.url, scope))
        if answer.letter != expected or answer.status >= 500:
            found.append(f"{who}, {scope}: {answer.status}, not {expected}")
        if answer.letter in REFUSED and answer.written:
            found.append(f"{who}, {scope}: refused, but {answer.written} was written")
    return found


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_role_gets_what_the_matrix_says(world, row):
    assert [fault for who in WHO for fault in wrong(world, row, who)] == []


@pytest.mark.parametrize("row", [row for row in GUARDED if "pk>" in row.url], ids=str)
def test_nobody_reaches_the_object_of_another_place_by_way_of_their_own(world, row):
    others = SCOPES[3:] if "/forces/" in row.url else SCOPES[1:]  # a force's objects are its own
    paths = [world.path(row.url, "own", objects_of=scope) for scope in others]
    answers = {
        (who, path): world.answer(who, row.method, path).letter
        for who in WHO
        for path in paths
        if row.cells[who][0] == "y"
    }

    assert answers == dict.fromkeys(answers, "4")


def test_the_matrix_has_every_address_by_both_methods_and_no_other():
    addresses = {(r.pattern, method) for r in english() for method in METHODS}

    assert len(ROWS) == len({(row.url, row.method) for row in ROWS})
    assert {(row.url, row.method) for row in ROWS} == addresses
    assert all(len(row.cells[who]) == len(row.scopes) for row in ROWS for who in WHO)


def test_the_matrix_names_the_permission_that_the_view_asks_for():
    asked = {
        r.pattern: getattr(r.view(VALUES_OF_ALL), "required_permission", "") for r in english()
    }
    said = {row.url: row.permission for row in ROWS}

    assert said == {url: SIGNED_IN if asks is None else asks for url, asks in asked.items()}


def test_the_same_views_answer_in_welsh():
    welsh = {r.name: r for r in all_routes() if r.language == "cy"}

    for route in english():
        if route.name in welsh and welsh[route.name].pattern == f"/cy{route.pattern}":
            assert route.view(VALUES_OF_ALL) is welsh[route.name].view(VALUES_OF_ALL)


def test_every_permission_guards_an_address():
    assert {row.permission for row in GUARDED} | INSIDE.keys() == set(Permission)


VALUES_OF_ALL = {**VALUES, "postcode": "WQ101AA"}


def english() -> list:
    return [route for route in all_routes() if route.language == "en-gb"]


# What asks for a code again -----------------------------------------------------------------


def asking_for_proof() -> list[dict[str, str]]:
    with (Path(__file__).parent / "proof.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_list_of_what_asks_for_a_code_again_is_whole():
    asking = {r.pattern: getattr(r.view(VALUES_OF_ALL), "asks_for_proof", "") for r in english()}

    assert {line["url"]: line["when"] for line in asking_for_proof()} == {
        url: when for url, when in asking.items() if when
    }


def test_without_a_code_of_late_whoever_is_let_in_is_asked_for_one_and_nothing_is_done(
    world, monkeypatch
):
    monkeypatch.setattr(access, "was_proven_lately", lambda _request, now: False)
    asking = {(line["url"], line["method"]) for line in asking_for_proof()}
    let_in, asked = 0, []
    for row in (row for row in ROWS if (row.url, row.method) in asking):
        for who in (who for who in WHO if row.cells[who][0] == "y"):
            let_in += 1
            asked.append(world.answer(who, row.method, world.path(row.url, SCOPES[0])))

    sent_on = [answer for answer in asked if answer.letter == "p" and not answer.written]
    # What is urgent among updates is asked for in tests/teams/test_proof.py.
    assert len(sent_on) == let_in - URGENT_ROLES


# That the matrix would notice ---------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_a_permission_given_or_taken_is_noticed(world, monkeypatch, role):
    unnoticed = []
    for permission in Permission:
        flipped = ROLE_PERMISSIONS[role] ^ {permission}
        monkeypatch.setitem(ROLE_PERMISSIONS, role, flipped)
        if not noticed(world, role, permission):
            unnoticed.append(permission)
        monkeypatch.undo()

    not_let_in = {
        inside for inside, (door, _) in INSIDE.items() if door not in ROLE_PERMISSIONS[role]
    }
    assert set(unnoticed) == (OF_A_FORCE if role in OVER_A_PART else set()) | not_let_in


def noticed(world: World, role: str, permission: str) -> bool:
    return any(wrong(world, row, role) for row in guarded_by(permission))


def guarded_by(permission: str) -> list[Row]:
    _, inside = INSIDE.get(permission, ("", ""))
    return [row for row in GUARDED if row.permission == permission or row.url == inside]


def test_a_grant_that_reaches_further_is_noticed(world, monkeypatch):
    monkeypatch.setattr(RoleGrantQuerySet, "reaching", lambda grants, _neighbourhood: grants)

    assert noticed(world, Role.OFFICER, Permission.UPDATE_WRITE)
    assert noticed(world, Role.INSPECTOR, Permission.NAMED_CONTACT_SET)


def test_a_grant_over_a_part_that_reaches_the_force_is_noticed(world, monkeypatch):
    monkeypatch.setattr(RoleGrantQuerySet, "over_force", lambda grants, _force: grants)

    assert noticed(world, Role.INSPECTOR, Permission.COVERAGE_VIEW)


def test_a_view_that_asks_for_no_role_is_noticed(world, monkeypatch):
    monkeypatch.setattr(access, "_check", lambda _grants, _permission: None)

    doors = set(Permission) - INSIDE.keys()
    assert all(noticed(world, Role.OFFICER, permission) for permission in doors)
