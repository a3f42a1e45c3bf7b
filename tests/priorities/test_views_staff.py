import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from priorities.forms.rounds import OPTIONS
from priorities.models import Action, Priority, PriorityUpdate, Round
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import (
    ActionFactory,
    PriorityFactory,
    PriorityUpdateFactory,
    RoundFactory,
    VoteFactory,
)
from tests.teams.acting import ADMINISTRATOR, OFFICER, SERGEANT, acting, errors_of, today

pytestmark = pytest.mark.django_db
ROUND_WORDS = {
    "title": "What now?",
    "closes_on": f"{today(14):%d %m %Y}",
    "option_1": "Fires",
    "option_1_cy": "Tanau",
    "option_2": "Bikes",
}
FORMS = ["round_write", "round_rewrite", "priority_adopt", "action_add", "priority_update"]
FORMS += ["priority_close"]
SHOWN = ["round_preview", "priority_manage"]
POSTS = ["round_open", "round_publish", "round_discard", "action_finish"]
MANAGING = FORMS + SHOWN + POSTS
WITHOUT_ROW = ["round_write", "priority_adopt", "priority_board"]


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path)


@pytest.fixture
def place():
    return NeighbourhoodFactory()


@pytest.fixture
def sergeant(place):
    return acting(SERGEANT, place)


def url(name, place, row=None):
    more = {"pk": row.pk} if row else {}
    return reverse(f"priorities:{name}", kwargs={**place.url_kwargs, **more})


def row_for(name, place):
    """What the page called ``name`` is about."""
    if name in WITHOUT_ROW:
        return None
    if name.startswith("round"):
        return RoundFactory(neighbourhood=place, options=2)
    priority = PriorityFactory(neighbourhood=place)
    return ActionFactory(priority=priority) if name == "action_finish" else priority


def said(client, path):
    return [str(message) for message in client.get(path).context["messages"]]


def closed_round(place, votes=0):
    now = timezone.now()
    days = {"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1)}
    round_ = RoundFactory(neighbourhood=place, options=4, **days)
    options = list(round_.options.all()[:3])
    VoteFactory.create_batch(votes, round=round_, counted=True, options=options)
    return round_


@pytest.mark.parametrize("name", [*MANAGING, "priority_board"])
def test_an_outsider_is_told_nothing(name, place):
    outsider = acting(SERGEANT, NeighbourhoodFactory(force=place.force))

    call = outsider.post if name in POSTS else outsider.get

    assert call(url(name, place, row_for(name, place))).status_code == 404


@pytest.mark.parametrize("role", [OFFICER, ADMINISTRATOR])
@pytest.mark.parametrize("name", MANAGING)
def test_an_insider_without_the_role_is_refused(name, role, place):
    insider = acting(role, place.force if role == ADMINISTRATOR else place)

    call = insider.post if name in POSTS else insider.get

    assert call(url(name, place, row_for(name, place))).status_code == 403


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_a_post(name, place, sergeant):
    response = sergeant.get(url(name, place, row_for(name, place)))

    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize("name", [*SHOWN, "priority_board"])
def test_what_shows_something_is_not_posted_to(name, place, sergeant):
    assert sergeant.post(url(name, place, row_for(name, place))).status_code == 405


@pytest.mark.parametrize("name", [name for name in MANAGING if name not in WITHOUT_ROW])
def test_a_row_is_found_in_its_own_neighbourhood_only(name, place, sergeant):
    elsewhere = row_for(name, NeighbourhoodFactory())

    call = sergeant.post if name in POSTS else sergeant.get

    assert call(url(name, place, elsewhere)).status_code == 404


@pytest.mark.parametrize("name", FORMS)
def test_a_form_asks_before_it_acts(name, place, sergeant):
    assert sergeant.get(url(name, place, row_for(name, place))).status_code == 200


def test_a_round_is_written_and_previewed(place, sergeant):
    response = sergeant.post(url("round_write", place), ROUND_WORDS)

    round_ = Round.objects.get()
    assert response["Location"] == url("round_preview", place, round_)
    assert (round_.is_draft, round_.last_on) == (True, today(14))
    options = list(round_.options.values_list("title", "title_cy"))
    assert options == [("Fires", "Tanau"), ("Bikes", "")]
    page = sergeant.get(response["Location"])
    assert "Open the vote" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": ""}, {"title": ["Enter what you ask residents"]}),
        ({"title": "x" * 121}, {"title": ["It must be 120 characters or fewer"]}),
        ({"closes_on": ""}, {"closes_on": ["Enter the last day of the vote"]}),
        ({"closes_on": "soon"}, {"closes_on": ["Enter a real day, like 27 11 2026"]}),
        (
            {"closes_on": f"{today(-1):%d %m %Y}"},
            {"closes_on": ["The last day must be today or later"]},
        ),
        ({"option_2": ""}, {"option_1": ["Enter at least 2 issues to choose from"]}),
        ({"option_2": "Fires"}, {"option_1": ["Enter each issue once"]}),
        ({"option_3_cy": "Sŵn"}, {"option_1": ["Enter each issue in English as well"]}),
    ],
)
def test_what_is_wrong_with_a_round_is_named(place, sergeant, changes, errors):
    response = sergeant.post(url("round_write", place), {**ROUND_WORDS, **changes})

    assert errors_of(response) == errors
    assert Round.objects.count() == 0


def test_a_second_round_is_refused(place, sergeant):
    RoundFactory(neighbourhood=place)

    response = sergeant.post(url("round_write", place), ROUND_WORDS)

    assert list(errors_of(response)) == ["__all__"]
    assert Round.objects.count() == 1


def test_a_draft_is_changed(place, sergeant):
    draft = RoundFactory(neighbourhood=place, options=3)
    form = sergeant.get(url("round_rewrite", place, draft)).context["form"]
    assert [form[f"option_{n}"].value() for n in range(1, OPTIONS + 1)][:4] == [
        "Issue 1",
        "Issue 2",
        "Issue 3",
        None,
    ]

    sergeant.post(url("round_rewrite", place, draft), ROUND_WORDS)

    draft.refresh_from_db()
    assert (draft.title, draft.options.count()) == ("What now?", 2)


def test_a_round_that_was_opened_cannot_be_changed_or_deleted(place, sergeant):
    round_ = closed_round(place)

    assert sergeant.get(url("round_rewrite", place, round_)).status_code == 404
    sergeant.post(url("round_discard", place, round_))

    why = "This vote has been opened and can no longer be changed."
    assert said(sergeant, url("round_preview", place, round_)) == [why]


def test_a_draft_is_opened(place, sergeant):
    closes_at = timezone.now() + timedelta(days=9)
    draft = RoundFactory(neighbourhood=place, options=2, closes_at=closes_at)

    response = sergeant.post(url("round_open", place, draft))

    assert said(sergeant, response["Location"]) == ["Opened. Residents can now vote."]
    draft.refresh_from_db()
    assert draft.is_open(timezone.now())
    page = sergeant.get(url("round_preview", place, draft)).content.decode()
    assert "Nobody sees results, you neither" in page


def test_a_draft_is_deleted(place, sergeant):
    draft = RoundFactory(neighbourhood=place)

    response = sergeant.post(url("round_discard", place, draft))

    assert said(sergeant, response["Location"]) == ["The draft has been deleted."]
    assert Round.objects.count() == 0


def test_results_are_shown_to_staff_when_residents_see_them(place, sergeant):
    round_ = closed_round(place, votes=12)
    address = url("round_preview", place, round_)
    assert "12 people" not in sergeant.get(address).content.decode()

    sergeant.post(url("round_publish", place, round_))

    assert "12 people answered." in sergeant.get(address).content.decode()
    round_.refresh_from_db()
    assert round_.published_at is not None


def test_results_are_not_published_twice(place, sergeant):
    round_ = RoundFactory(neighbourhood=place, published=True)

    sergeant.post(url("round_publish", place, round_))

    why = "These results have been published already."
    assert said(sergeant, url("round_preview", place, round_)) == [why]


def test_an_option_is_adopted(place, sergeant):
    round_ = closed_round(place, votes=12)
    sergeant.post(url("round_publish", place, round_))
    first, *_others, fourth = round_.options.all()

    sergeant.post(url("priority_adopt", place), {"option": first.pk})
    refused = sergeant.post(url("priority_adopt", place), {"option": fourth.pk})
    sergeant.post(url("priority_adopt", place), {"option": fourth.pk, "why": "Children hurt."})

    assert errors_of(refused) == {"why": ["Say why: residents named three others more often."]}
    adopted = Priority.objects.order_by("place").values_list("title", "why", "adopted_on")
    assert list(adopted) == [("Issue 1", "", today()), ("Issue 4", "Children hurt.", today())]


def test_an_option_to_adopt_without_a_welsh_name_is_marked_as_english(place, sergeant):
    sergeant.post(url("round_publish", place, closed_round(place, votes=12)))

    page = sergeant.get(f"/cy{url('priority_adopt', place)}").content.decode()

    assert re.search(r'<option value="[0-9]+" lang="en">Issue 1</option>', page)


def test_words_of_our_own_are_adopted(place, sergeant):
    response = sergeant.post(url("priority_adopt", place), {"title": "Quad bikes"})

    assert response["Location"] == url("priority_board", place)
    assert Priority.objects.values_list("title", "place").get() == ("Quad bikes", 1)


def test_a_fourth_priority_is_refused(place, sergeant):
    for number in (1, 2, 3):
        PriorityFactory(neighbourhood=place, place=number)

    response = sergeant.post(url("priority_adopt", place), {"title": "Quad bikes"})

    assert list(errors_of(response)) == ["__all__"]
    assert Priority.objects.count() == 3


@pytest.mark.parametrize(
    ("words", "errors"),
    [
        ({"title": ""}, {"option": ["Select an issue from the vote, or enter your own words"]}),
        ({"option": "7", "title": "x"}, {"option": ["Select an issue from the list"]}),
        ({"title": "x", "why": "y" * 501}, {"why": ["The text is too long"]}),
    ],
)
def test_what_is_wrong_with_a_priority_is_named(place, sergeant, words, errors):
    assert errors_of(sergeant.post(url("priority_adopt", place), words)) == errors


def test_an_action_is_added_and_done(place, sergeant):
    priority = PriorityFactory(neighbourhood=place)
    words = {"what": "Patrol", "owner": "PC Quillow", "due_on": "1 5 2026"}

    sergeant.post(url("action_add", place, priority), words)
    action = Action.objects.get()
    response = sergeant.post(url("action_finish", place, action))

    assert response["Location"] == url("priority_manage", place, priority)
    action.refresh_from_db()
    assert (action.what, action.due_on, action.done_on) == ("Patrol", date(2026, 5, 1), today())
    sergeant.post(url("action_finish", place, action))
    assert said(sergeant, response["Location"])[-1] == "This action was done already."


def test_residents_are_told_how_it_goes(place, sergeant):
    priority = PriorityFactory(neighbourhood=place)

    sergeant.post(url("priority_update", place, priority), {"text": "Eleven stopped."})

    assert PriorityUpdate.objects.values_list("text", "made_on").get() == (
        "Eleven stopped.",
        today(),
    )
    page = sergeant.get(url("priority_manage", place, priority)).content.decode()
    assert "Eleven stopped." in page


def test_a_priority_is_closed_with_what_came_of_it(place, sergeant):
    priority = PriorityFactory(neighbourhood=place, why="Children hurt.")
    refused = sergeant.post(url("priority_close", place, priority), {"outcome": ""})
    assert errors_of(refused) == {"outcome": ["Enter what came of it"]}

    sergeant.post(url("priority_close", place, priority), {"outcome": "It stopped."})

    priority.refresh_from_db()
    assert (priority.state, priority.closed_on, priority.outcome) == (
        Priority.State.CLOSED,
        today(),
        "It stopped.",
    )
    page = sergeant.get(url("priority_manage", place, priority)).content.decode()
    assert "It stopped." in page
    assert "Add an action" not in page


@pytest.mark.parametrize("name", ["action_add", "priority_update", "priority_close"])
def test_what_is_closed_is_not_changed(name, place, sergeant):
    priority = PriorityFactory(neighbourhood=place, closed=True)

    assert sergeant.get(url(name, place, priority)).status_code == 404


def test_the_board_says_to_officers_what_sergeants_may_change(place, sergeant):
    PriorityFactory(neighbourhood=place, title="E-bikes")
    RoundFactory(neighbourhood=place, title="What now?")

    board = url("priority_board", place)
    officers, sergeants = (
        client.get(board).content.decode() for client in (acting(OFFICER, place), sergeant)
    )

    assert "E-bikes" in officers
    assert "What now?" in officers
    assert ("Adopt a priority" in officers, "Adopt a priority" in sergeants) == (False, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts(place, sergeant, rows, django_assert_num_queries):
    for number in range(1, rows + 1):
        priority = PriorityFactory(neighbourhood=place, place=number)
        PriorityFactory(neighbourhood=place, closed=True)
        ActionFactory.create_batch(rows, priority=priority)
        PriorityUpdateFactory.create_batch(rows, priority=priority)
        RoundFactory(neighbourhood=place, published=True)

    with django_assert_num_queries(10):
        sergeant.get(url("priority_board", place))
    with django_assert_num_queries(8):
        sergeant.get(url("priority_manage", place, priority))


@pytest.mark.parametrize("traits", [{}, {"opened": True}, {"published": True}])
def test_the_board_shows_a_round_in_every_state(place, sergeant, traits):
    RoundFactory(neighbourhood=place, **traits)

    assert sergeant.get(url("priority_board", place)).status_code == 200
