import pytest
from django.urls import reverse

from reports.models import Bulletin
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.reports import BulletinFactory
from tests.teams.acting import (
    INSPECTOR,
    OFFICER,
    SERGEANT,
    account,
    acting,
    client_of,
    errors_of,
)

pytestmark = pytest.mark.django_db
State = Bulletin.State
READS = ["bulletin_preview", "bulletin_write", "bulletin_review"]
POSTS = ["bulletin_refresh", "bulletin_submit"]


def address(name, bulletin):
    return reverse(f"reports:{name}", kwargs=bulletin.url_kwargs)


def said(client, bulletin):
    page = client.get(address("bulletin_preview", bulletin))
    return [str(message) for message in page.context["messages"]]


@pytest.mark.parametrize("name", READS + POSTS)
def test_an_outsider_is_told_nothing(name):
    bulletin = BulletinFactory(submitted=True)
    outsider = acting(INSPECTOR, NeighbourhoodFactory(force=bulletin.neighbourhood.force))

    call = outsider.post if name in POSTS else outsider.get

    assert call(address(name, bulletin)).status_code == 404


@pytest.mark.parametrize(
    ("name", "role"),
    [*((name, OFFICER) for name in READS + POSTS), ("bulletin_review", SERGEANT)],
)
def test_an_insider_without_the_role_is_refused(name, role):
    bulletin = BulletinFactory(submitted=True)
    insider = acting(role, bulletin.neighbourhood)

    call = insider.post if name in POSTS else insider.get

    assert call(address(name, bulletin)).status_code == 403


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_a_post(name):
    bulletin = BulletinFactory()

    response = acting(SERGEANT, bulletin.neighbourhood).get(address(name, bulletin))

    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize("name", READS + POSTS)
def test_one_without_figures_is_not_there_yet(name):
    bulletin = BulletinFactory(due=True)
    client = acting(INSPECTOR, bulletin.neighbourhood)

    call = client.post if name in POSTS else client.get

    assert call(address(name, bulletin)).status_code == 404


@pytest.mark.parametrize(
    ("state", "tag", "offers"),
    [
        ({}, "Draft", "Write the team’s words"),
        ({"written": True}, "Draft", "Send to the inspector"),
        ({"submitted": True}, "Waits for the inspector", None),
        ({"sent_back": True}, "Say which station.", "Change the words"),
        ({"published": True}, "Published", "See it as residents do"),
    ],
)
def test_the_preview_in_each_state(state, tag, offers):
    bulletin = BulletinFactory(**state)

    page = acting(SERGEANT, bulletin.neighbourhood).get(address("bulletin_preview", bulletin))

    text = page.content.decode()
    assert tag in text
    assert offers is None or offers in text
    assert "Decide about it" not in text


def test_the_preview_leads_an_inspector_to_the_decision_but_no_author():
    bulletin = BulletinFactory(submitted=True)
    inspector = account(INSPECTOR, bulletin.neighbourhood)
    client = client_of(inspector)
    assert b"Decide about it" in client.get(address("bulletin_preview", bulletin)).content

    bulletin.authors.add(inspector)
    assert b"Decide about it" not in client.get(address("bulletin_preview", bulletin)).content


def test_a_welsh_force_is_warned_of_missing_welsh():
    place = NeighbourhoodFactory(force__is_welsh=True)
    bulletin = BulletinFactory(neighbourhood=place, written=True, words_cy="")

    page = acting(SERGEANT, place).get(address("bulletin_preview", bulletin))

    assert b"There are no words in Welsh yet." in page.content


def test_words_are_kept_and_shown():
    bulletin = BulletinFactory()
    client = acting(SERGEANT, bulletin.neighbourhood)
    assert client.get(address("bulletin_write", bulletin)).status_code == 200

    response = client.post(
        address("bulletin_write", bulletin), {"words": "We marked bikes.", "words_cy": ""}
    )

    bulletin.refresh_from_db()
    assert response["Location"] == address("bulletin_preview", bulletin)
    assert (bulletin.state, bulletin.words) == (State.DRAFT, "We marked bikes.")


def test_missing_and_endless_words_are_named():
    bulletin = BulletinFactory()
    client = acting(SERGEANT, bulletin.neighbourhood)

    response = client.post(
        address("bulletin_write", bulletin), {"words": " ", "words_cy": "a" * 3001}
    )

    assert errors_of(response) == {
        "words": ["Enter what residents should know about this quarter"],
        "words_cy": ["The words must be 3000 characters or fewer"],
    }


def test_figures_are_taken_again():
    bulletin = BulletinFactory()
    client = acting(SERGEANT, bulletin.neighbourhood)

    client.post(address("bulletin_refresh", bulletin))

    assert said(client, bulletin) == ["The figures are as they are known now."]


def test_a_draft_is_sent_to_the_inspector_with_words_only():
    bulletin = BulletinFactory()
    client = acting(SERGEANT, bulletin.neighbourhood)
    client.post(address("bulletin_submit", bulletin))
    assert said(client, bulletin) == ["Enter what the team wants to say first."]

    client.post(address("bulletin_write", bulletin), {"words": "We marked bikes."})
    client.post(address("bulletin_submit", bulletin))

    assert said(client, bulletin) == ["Sent to the inspector."]
    bulletin.refresh_from_db()
    assert bulletin.state == State.SUBMITTED


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"reason": ""}, {"decision": ["Select whether you approve it or send it back"]}),
        ({"decision": "send_back"}, {"reason": ["Enter what has to change"]}),
        (
            {"decision": "send_back", "reason": "a" * 1001},
            {"reason": ["The words must be 1000 characters or fewer"]},
        ),
    ],
)
def test_a_decision_is_whole(answers, errors):
    bulletin = BulletinFactory(submitted=True)
    client = acting(INSPECTOR, bulletin.neighbourhood)
    assert b"What do you decide?" in client.get(address("bulletin_review", bulletin)).content

    response = client.post(address("bulletin_review", bulletin), answers)

    assert errors_of(response) == errors
    bulletin.refresh_from_db()
    assert bulletin.state == State.SUBMITTED


@pytest.mark.parametrize(
    ("decision", "state", "banner"),
    [
        ("approve", State.PUBLISHED, "Published. Residents can now read it."),
        ("send_back", State.SENT_BACK, "Sent back to the team."),
    ],
)
def test_a_decision_is_done(decision, state, banner):
    bulletin = BulletinFactory(submitted=True)
    client = acting(INSPECTOR, bulletin.neighbourhood)

    client.post(
        address("bulletin_review", bulletin), {"decision": decision, "reason": "Say which."}
    )

    bulletin.refresh_from_db()
    assert (bulletin.state, said(client, bulletin)) == (state, [banner])


def test_an_author_is_told_to_leave_the_decision_to_another():
    bulletin = BulletinFactory(submitted=True)
    inspector = account(INSPECTOR, bulletin.neighbourhood)
    bulletin.authors.add(inspector)
    client = client_of(inspector)
    refusal = "You wrote words of this bulletin: another inspector has to decide about it."
    assert refusal in client.get(address("bulletin_review", bulletin)).content.decode()

    client.post(address("bulletin_review", bulletin), {"decision": "approve"})

    bulletin.refresh_from_db()
    assert (bulletin.state, said(client, bulletin)) == (State.SUBMITTED, [refusal])


def test_what_does_not_wait_for_a_decision_says_so():
    bulletin = BulletinFactory()
    client = acting(INSPECTOR, bulletin.neighbourhood)

    page = client.get(address("bulletin_review", bulletin))

    assert b"It does not wait for a decision now." in page.content


def test_the_staff_home_names_what_waits_for_whom():
    bulletin = BulletinFactory(submitted=True)
    place = bulletin.neighbourhood
    waits = BulletinFactory(neighbourhood=place, quarter=bulletin.quarter.replace(month=7))
    inspector, sergeant = account(INSPECTOR, place), account(SERGEANT, place)

    homes = [client_of(user).get("/staff/").context["home"] for user in (inspector, sergeant)]

    urls = [[item.url for item in home.waiting if item.kind == "bulletin"] for home in homes]
    to_approve, to_write = (address("bulletin_preview", row) for row in (bulletin, waits))
    assert urls == [[to_approve, to_write], [to_write]]
