import re
from datetime import timedelta

import pytest
from django.utils import timezone

from neighbourhoods.models import Neighbourhood, OutboxEntry
from neighbourhoods.tokens import token_digest
from priorities.models import Option, Round, Vote
from priorities.news import CONFIRM_VOTE
from priorities.round_keys import make_round_key
from priorities.services.adopting import adopt_priority
from tests.factories.neighbourhoods import NeighbourhoodFactory, TokenFactory
from tests.factories.priorities import (
    ActionFactory,
    PriorityFactory,
    PriorityUpdateFactory,
    RoundFactory,
    VoteFactory,
)
from tests.factories.teams import UserFactory
from tests.teams.acting import errors_of, today

pytestmark = pytest.mark.django_db
HOME = "/areas/casterwell/harkstow/"
PRIORITIES, VOTE = f"{HOME}priorities/", f"{HOME}vote/"


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path)


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", name="Harkstow Estate", name_cy="Ystad Harkstow"
    )


@pytest.fixture
def round_(place):
    """A round that is open as the views see it."""
    now = timezone.now()
    days = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1)}
    round_ = RoundFactory(neighbourhood=place, title="What now?", options=5, **days)
    make_round_key(round_.pk)
    return round_


def words(response) -> str:
    return " ".join(response.content.decode().split())


def ballot(round_, number=2, **changes):
    options = [option.pk for option in round_.options.all()[:number]]
    said = {"options": options, "connection": "LIVES", "email": "tamsin@example.org"}
    return {**said, **changes}


def link_to(vote):
    now, token = timezone.now(), f"link-{vote.pk}"
    TokenFactory(
        sha256=token_digest(token),
        purpose=CONFIRM_VOTE,
        object_id=vote.pk,
        begins_at=now,
        expires_at=now + timedelta(days=7),
    )
    return f"/vote/{token}/"


def published(place, votes):
    round_ = RoundFactory(neighbourhood=place, published=True, options=4)
    options = list(round_.options.all())
    VoteFactory.create_batch(votes, round=round_, counted=True, options=options[:2])
    return round_


def test_the_vote_says_what_it_is_about_and_names_the_options_in_order(client, round_):
    page = words(client.get(VOTE))

    assert "What now?</h1>" in page
    places = [page.index(f"Issue {number}") for number in range(1, 6)]
    assert places == sorted(places)
    assert page.count('type="checkbox"') == 5
    assert page.count('type="radio"') == 3
    assert 'type="email"' in page


def test_an_issue_without_a_welsh_name_is_marked_as_english(client, round_):
    Option.objects.filter(title="Issue 2").update(title_cy="Mater 2")

    page = words(client.get(f"/cy{VOTE}"))

    assert re.search(r'<label class="[^"]+" for="id_options_0" lang="en">Issue 1</label>', page)
    assert re.search(r'<label class="[^"]+" for="id_options_1">Mater 2</label>', page)
    assert "lang=" not in words(client.get(VOTE)).split("<form", 1)[1].split("</form", 1)[0]


def test_a_vote_leads_to_a_mail(client, round_):
    response = client.post(VOTE, ballot(round_))

    assert (response.status_code, response["Location"]) == (302, f"{VOTE}sent/")
    assert Vote.objects.get().state == Vote.State.PENDING
    assert OutboxEntry.objects.values_list("kind", "to", "language").get() == (
        "priorities.confirm_vote",
        "tamsin@example.org",
        "en-gb",
    )


def test_who_votes_in_welsh_gets_a_mail_in_welsh(client, round_):
    client.post(f"/cy{VOTE}", ballot(round_))

    assert OutboxEntry.objects.get().language == "cy"


def test_the_answer_is_the_same_whatever_the_mailbox_has_done(client, round_):
    answers = [client.post(VOTE, ballot(round_)) for _ in range(7)]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, f"{VOTE}sent/")
    }
    assert OutboxEntry.objects.count() == 5
    assert "Check your email</h1>" in words(client.get(f"{VOTE}sent/"))


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"options": []}, {"options": ["Select at least 1 issue"]}),
        ({"options": ["x"]}, {"options": ["Select issues from the list"]}),
        ({"options": [987_654]}, {"options": ["Select issues from the list"]}),
        ({"connection": ""}, {"connection": ["Select what connects you with this area"]}),
        ({"connection": "MOON"}, {"connection": ["Select what connects you with this area"]}),
        ({"email": ""}, {"email": ["Enter your email address"]}),
        ({"email": "tamsin"}, {"email": ["Enter an email address like name@example.com"]}),
        (
            {"email": f"t@{'ü' * 62}.example"},
            {"email": ["Enter an email address like name@example.com"]},
        ),
    ],
)
def test_what_is_wrong_is_named(client, round_, changes, errors):
    response = client.post(VOTE, ballot(round_, **changes))

    assert response.status_code == 200
    assert errors_of(response) == errors
    assert "<title>Error:" in words(response)
    assert (Vote.objects.count(), OutboxEntry.objects.count()) == (0, 0)


def test_more_than_three_are_too_many(client, round_):
    assert errors_of(client.post(VOTE, ballot(round_, number=4))) == {
        "options": ["Select no more than 3"]
    }
    assert client.post(VOTE, ballot(round_, number=3)).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_an_open_round_a_page_says_so(client, place, method):
    published(place, votes=1)

    response = getattr(client, method)(VOTE)

    assert response.status_code == 200
    assert "There is no vote now</h1>" in words(response)


def test_a_round_that_closes_while_somebody_votes(client, round_, monkeypatch):
    monkeypatch.setattr("priorities.views.public.open_round", lambda *_: round_)
    Round.objects.update(closes_at=timezone.now())

    response = client.post(VOTE, ballot(round_))

    assert "There is no vote now</h1>" in words(response)
    assert Vote.objects.count() == 0


def test_the_link_leaves_the_address_and_a_button_counts_the_vote(client, round_):
    vote = VoteFactory(round=round_)

    opened = client.get(link_to(vote))
    page = client.get("/vote/")

    assert (opened.status_code, opened["Location"]) == (302, "/vote/")
    assert "Count my vote</button>" in words(page)
    assert Vote.objects.get().state == Vote.State.PENDING
    policies = [response["Referrer-Policy"] for response in (opened, page)]
    assert policies == ["no-referrer", "same-origin"]
    assert all("no-store" in response["Cache-Control"] for response in (opened, page))

    counted = client.post("/vote/")
    assert "Your vote counts</h1>" in words(counted)
    assert Vote.objects.get().state == Vote.State.COUNTED
    for again in (client.get("/vote/"), client.post("/vote/")):
        assert "Your vote counts</h1>" in words(again)
    assert client.head("/vote/").status_code == 200


def test_no_page_of_a_vote_says_what_was_chosen(client, round_):
    vote = VoteFactory(round=round_, options=list(round_.options.all()[:1]))
    client.get(link_to(vote))

    pages = [client.get("/vote/"), client.post("/vote/")]

    assert ["Issue 1" in words(page) for page in pages] == [False, False]


def test_after_the_close_the_page_says_so(client, round_):
    client.get(link_to(VoteFactory(round=round_)))
    Round.objects.update(closes_at=timezone.now())

    for response in (client.get("/vote/"), client.post("/vote/")):
        assert response.status_code == 410
        assert "closed before this was confirmed" in words(response)


def test_without_a_link_there_is_nothing_to_confirm(client):
    response = client.get("/vote/")

    assert response.status_code == 410
    assert "This link does not work</h1>" in words(response)


def test_an_open_round_shows_no_figures(client, round_):
    VoteFactory.create_batch(47, round=round_, counted=True, options=[round_.options.first()])

    for address in (HOME, PRIORITIES, VOTE):
        page = words(client.get(address))
        shown = page.split("<main", 1)[1].split("</main>")[0]
        assert not re.search(r"\b47\b", shown)  # as a word: a form's token holds any digits
    assert f'href="{VOTE}"' in words(client.get(HOME))
    assert f'href="{VOTE}"' in words(client.get(PRIORITIES))


def test_results_of_many_are_broken_down(client, place):
    published(place, votes=12)

    page = words(client.get(PRIORITIES))

    assert "12 people answered." in page
    assert 'data-head="Share">100% <svg class="portal-bar"' in page


def test_results_of_few_are_the_total_alone(client, place):
    published(place, votes=3)

    page = words(client.get(PRIORITIES))

    assert "3 people answered. With so few answers" in page
    assert "govuk-table" not in page
    assert "Issue 1" not in page


def test_priorities_show_what_is_done_and_what_came_of_it(client, place):
    live = PriorityFactory(neighbourhood=place, title="E-bikes", why="Children were hurt.")
    ActionFactory(priority=live, what="Patrol", due_on=today(-9))
    ActionFactory(priority=live, what="Lighting", due_on=today(9))
    ActionFactory(priority=live, what="Fences", done=True)
    PriorityUpdateFactory(priority=live, text="Eleven riders stopped.")
    PriorityFactory(neighbourhood=place, title="Stones", closed=True)

    page = words(client.get(PRIORITIES))

    for text in ("E-bikes", "Children were hurt.", "Eleven riders stopped.", "Stones"):
        assert text in page
    assert "Reports fell from 26 to 3 in 12 weeks." in page
    assert page.count(">Overdue</strong>") == page.count(">Done</strong>") == 1
    assert "E-bikes" in words(client.get(HOME))


def test_a_place_without_priorities_says_so(client, place):
    for address in (HOME, PRIORITIES):
        assert "The team has not adopted a priority yet." in words(client.get(address))


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(client, place, rows, django_assert_num_queries):
    for number in range(1, rows + 1):
        priority = PriorityFactory(neighbourhood=place, place=number)
        ActionFactory.create_batch(rows, priority=priority)
    published(place, votes=10 * rows)

    with django_assert_num_queries(14):
        client.get(PRIORITIES)


def test_adopting_changes_the_etag(client, place):
    before = client.get(PRIORITIES)
    assert client.get(PRIORITIES, headers={"If-None-Match": before["ETag"]}).status_code == 304
    fields = {"title": "Quad bikes", "title_cy": "", "why": "", "why_cy": ""}

    adopt_priority(neighbourhood=place, words=fields, option=None, on=today(), by=UserFactory())

    after = client.get(PRIORITIES, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, "Quad bikes" in words(after)) == (200, True)


def test_an_ended_neighbourhood_leads_home(client, place):
    Neighbourhood.objects.update(ended_on=today(-1))

    assert client.get(PRIORITIES)["Location"] == HOME


@pytest.mark.parametrize("address", [PRIORITIES, VOTE, f"{VOTE}sent/"])
def test_ids_are_matched_as_written(client, place, address):
    assert client.get(address).status_code == 200
    assert client.get(address.replace("harkstow", "HARKSTOW")).status_code == 404
