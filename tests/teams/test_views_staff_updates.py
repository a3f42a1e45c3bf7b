from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.urls import reverse

from neighbourhoods.models import Announcement
from teams.models import PatrolUpdate
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    OperationsHoldFactory,
    PatrolUpdateFactory,
    PublishingTrustFactory,
    UserFactory,
)
from tests.teams.acting import (
    ADMINISTRATOR,
    OFFICER,
    SERGEANT,
    account,
    acting,
    client_of,
    errors_of,
    today,
)

pytestmark = pytest.mark.django_db
WORDS = {"title": "Two e-bikes seized", "text": "By Tern Court.", "title_cy": "", "text_cy": ""}


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


def url(name, place, **more):
    return reverse(f"teams:{name}", kwargs={**place.url_kwargs, **more})


def said(client, path):
    """The page at ``path``, and what its banners say."""
    page = client.get(path)
    return page.status_code, [str(message) for message in page.context["messages"]]


VIEWS = ["update_write", "update_rewrite", "update_preview", "update_check"]
WITHDRAW = ["update_withdraw"]
POSTS = ["update_publish", "update_discard", "update_unschedule", "update_take_back"]


def address(name, update):
    more = {} if name == "update_write" else {"pk": update.pk}
    return url(name, update.neighbourhood, **more)


@pytest.mark.parametrize("name", VIEWS + WITHDRAW + POSTS)
def test_an_outsider_is_told_nothing(name):
    update = PatrolUpdateFactory(published=name in WITHDRAW)
    outsider = acting(SERGEANT, NeighbourhoodFactory(force=update.neighbourhood.force))

    call = outsider.post if name in POSTS else outsider.get

    assert call(address(name, update)).status_code == 404


@pytest.mark.parametrize(
    ("name", "role"),
    [
        *((name, ADMINISTRATOR) for name in VIEWS + WITHDRAW + POSTS),
        ("update_publish", OFFICER),
        ("update_withdraw", OFFICER),
        ("update_take_back", OFFICER),
    ],
)
def test_an_insider_without_the_role_is_refused(name, role):
    update = PatrolUpdateFactory(published=name in WITHDRAW)
    place = update.neighbourhood
    insider = acting(role, place.force if role == ADMINISTRATOR else place)

    call = insider.post if name in POSTS else insider.get

    assert call(address(name, update)).status_code == 403
    assert PatrolUpdate.objects.get().state == update.state


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_a_post(name):
    update = PatrolUpdateFactory()

    response = acting(SERGEANT, update.neighbourhood).get(address(name, update))

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.DRAFT


def test_a_preview_is_not_posted_to():
    update = PatrolUpdateFactory()

    response = acting(SERGEANT, update.neighbourhood).post(address("update_preview", update))

    assert response.status_code == 405


@pytest.mark.parametrize("name", [*VIEWS[1:], *WITHDRAW, *POSTS])
def test_an_update_is_found_in_its_own_neighbourhood_only(name, place):
    update = PatrolUpdateFactory(published=name in WITHDRAW)
    client = acting(SERGEANT, place)

    call = client.post if name in POSTS else client.get

    assert call(url(name, place, pk=update.pk)).status_code == 404


def test_update_write_keeps_a_draft_and_shows_it(place):
    user = account(OFFICER, place)
    client = client_of(user)
    assert client.get(url("update_write", place)).status_code == 200

    response = client.post(url("update_write", place), WORDS)

    update = PatrolUpdate.objects.get()
    assert response["Location"] == url("update_preview", place, pk=update.pk)
    assert (update.neighbourhood, update.title, update.state, update.written_by) == (
        place,
        "Two e-bikes seized",
        PatrolUpdate.State.DRAFT,
        user,
    )


def test_update_write_names_what_is_wrong_and_saves_nothing(place):
    response = acting(OFFICER, place).post(url("update_write", place), WORDS | {"title": " "})

    assert (response.status_code, errors_of(response)) == (200, {"title": ["Enter a title"]})
    assert b"Error:" in response.content
    assert b"By Tern Court." in response.content
    assert PatrolUpdate.objects.count() == 0


def test_update_rewrite_offers_the_words_and_keeps_the_new_ones(place):
    draft = PatrolUpdateFactory(neighbourhood=place, title="Old title")
    client = acting(OFFICER, place)
    assert b"Old title" in client.get(address("update_rewrite", draft)).content

    response = client.post(address("update_rewrite", draft), WORDS)

    draft.refresh_from_db()
    assert response["Location"] == address("update_preview", draft)
    assert draft.title == "Two e-bikes seized"


def test_update_rewrite_names_what_is_wrong_and_saves_nothing(place):
    draft = PatrolUpdateFactory(neighbourhood=place, title="Old title")

    response = acting(OFFICER, place).post(
        address("update_rewrite", draft), WORDS | {"title_cy": "Dau e-feic"}
    )

    says = "Enter the text in Welsh, or leave out the Welsh title"
    assert errors_of(response) == {"text_cy": [says]}
    draft.refresh_from_db()
    assert draft.title == "Old title"


def test_update_rewrite_is_for_drafts(place):
    update = PatrolUpdateFactory(neighbourhood=place, published=True)

    assert acting(SERGEANT, place).get(address("update_rewrite", update)).status_code == 404


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ({}, b"Check your update"),
        ({"published": True}, b"Published update"),
        ({"withdrawn": True}, b"Withdrawn update"),
        ({"welsh": True}, b"Dau e-feic"),
    ],
)
def test_update_preview_in_each_state(place, state, heading):
    update = PatrolUpdateFactory(neighbourhood=place, **state)

    response = acting(OFFICER, place).get(address("update_preview", update))

    assert (response.status_code, heading in response.content) == (200, True)


@pytest.mark.parametrize(("role", "may"), [(OFFICER, False), (SERGEANT, True)])
def test_update_preview_offers_publishing_to_those_who_may(place, role, may):
    draft = PatrolUpdateFactory(neighbourhood=place)

    response = acting(role, place).get(address("update_preview", draft))

    assert response.context["may_publish"] is may
    assert (address("update_publish", draft).encode() in response.content) is may


def test_update_preview_warns_a_welsh_force_of_missing_welsh():
    place = NeighbourhoodFactory(force__is_welsh=True)
    without, with_welsh = (
        PatrolUpdateFactory(neighbourhood=place),
        PatrolUpdateFactory(neighbourhood=place, welsh=True),
    )
    client = acting(OFFICER, place)

    pages = [client.get(address("update_preview", update)) for update in (without, with_welsh)]

    assert [b"There is no Welsh text yet." in page.content for page in pages] == [True, False]


def test_update_publish(place):
    draft = PatrolUpdateFactory(neighbourhood=place)
    client = acting(SERGEANT, place)

    response = client.post(address("update_publish", draft))

    assert response["Location"] == address("update_preview", draft)
    assert said(client, response["Location"]) == (200, ["Published. Residents can now see it."])
    assert Announcement.objects.get().object_id == draft.pk


def test_update_publish_twice_says_so_and_announces_once(place):
    draft = PatrolUpdateFactory(neighbourhood=place)
    client = acting(SERGEANT, place)
    client.post(address("update_publish", draft))
    client.get(address("update_preview", draft))

    client.post(address("update_publish", draft))

    says = "Only a draft can be published. This one no longer is."
    assert said(client, address("update_preview", draft)) == (200, [says])
    assert Announcement.objects.count() == 1


def test_update_withdraw_gives_the_reason(place):
    update = PatrolUpdateFactory(neighbourhood=place, published=True)
    client = acting(SERGEANT, place)
    assert client.get(address("update_withdraw", update)).status_code == 200

    response = client.post(address("update_withdraw", update), {"reason": "Wrong street."})

    says = "Withdrawn. Residents see your reason in its place."
    assert said(client, response["Location"]) == (200, [says])
    update.refresh_from_db()
    assert (update.state, update.withdrawal_reason) == ("WITHDRAWN", "Wrong street.")


def test_update_withdraw_without_a_reason_changes_nothing(place):
    update = PatrolUpdateFactory(neighbourhood=place, published=True)

    response = acting(SERGEANT, place).post(address("update_withdraw", update), {"reason": ""})

    assert errors_of(response) == {"reason": ["Enter why you are withdrawing it"]}
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.PUBLISHED


@pytest.mark.parametrize("state", [{}, {"withdrawn": True}])
def test_update_withdraw_is_for_published_updates(place, state):
    update = PatrolUpdateFactory(neighbourhood=place, **state)

    assert acting(SERGEANT, place).get(address("update_withdraw", update)).status_code == 404


def test_update_discard_deletes_a_draft(place):
    draft = PatrolUpdateFactory(neighbourhood=place)
    client = acting(OFFICER, place)

    response = client.post(address("update_discard", draft))

    assert response["Location"] == url("neighbourhood_manage", place)
    assert said(client, response["Location"]) == (200, ["The draft has been deleted."])
    assert PatrolUpdate.objects.count() == 0


def test_update_discard_keeps_what_was_published_meanwhile(place):
    update = PatrolUpdateFactory(neighbourhood=place, published=True)
    client = acting(OFFICER, place)

    response = client.post(address("update_discard", update))

    says = "This has been published: withdraw it and write a new one."
    assert said(client, response["Location"]) == (200, [says])
    assert PatrolUpdate.objects.count() == 1


def test_the_neighbourhoods_page_lists_updates_at_the_same_cost(place, django_assert_num_queries):
    client = acting(SERGEANT, place)
    for rows in (1, 3):
        while place.patrol_updates.count() < 2 * rows:
            PatrolUpdateFactory(neighbourhood=place, written_by=UserFactory())
            PatrolUpdateFactory(
                neighbourhood=place,
                published=True,
                published_at=datetime(2026, 3, rows, tzinfo=UTC),
            )
        with django_assert_num_queries(16):
            page = client.get(url("neighbourhood_manage", place))
        assert len(page.context["drafts"]) == len(page.context["published"]) == rows


def test_update_write_begins_with_the_words_of_a_phrase_and_its_kind(place):
    page = acting(OFFICER, place).get(url("update_write", place), {"phrase": "result"})

    assert page.context["form"].kind == PatrolUpdate.Kind.RESULT
    assert page.context["form"]["told_cy"].value() == "Dywedoch wrthym am …"


def test_update_write_of_a_result_keeps_its_four_parts(place):
    parts = {"told": "Bikes.", "outcome": "Quieter.", "advice": "Tell us."}

    acting(OFFICER, place).post(f"{url('update_write', place)}?kind=RESULT", WORDS | parts)

    update = PatrolUpdate.objects.get()
    assert {name: getattr(update, name) for name in parts} == parts
    assert update.kind == PatrolUpdate.Kind.RESULT


def test_update_rewrite_shows_a_time_as_it_was_typed(place):
    at = datetime(2056, 7, 1, 8, 30, tzinfo=UTC)
    draft = PatrolUpdateFactory(neighbourhood=place, publish_at=at)

    page = acting(OFFICER, place).get(address("update_rewrite", draft))

    form = page.context["form"]
    assert (str(form["publish_on"].value()), str(form["publish_from"].value())) == (
        "2056-07-01",
        "09:30:00",
    )


def test_publishing_words_that_may_tell_of_a_person_asks_first(place):
    draft = PatrolUpdateFactory(neighbourhood=place, text="AB12 CDE was left in the lane.")
    client = acting(SERGEANT, place)

    asked = client.post(address("update_publish", draft))

    assert asked["Location"] == address("update_check", draft)
    assert b"AB12 CDE" in client.get(asked["Location"]).content
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.DRAFT
    client.post(address("update_publish", draft), {"anyway": "1"})
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.PUBLISHED


@pytest.mark.parametrize(("kind", "status", "shown"), [({}, 302, 1), ({"result": True}, 403, 0)])
def test_a_trusted_officer_publishes_what_needs_no_second_person(place, kind, status, shown):
    user = account(OFFICER, place)
    PublishingTrustFactory(user=user, neighbourhood=place)
    draft = PatrolUpdateFactory(neighbourhood=place, **kind)

    assert client_of(user).post(address("update_publish", draft)).status_code == status

    assert PatrolUpdate.objects.filter(state="PUBLISHED", on_trust=True).count() == shown


def test_a_time_to_come_schedules_and_is_taken_back(place):
    at = datetime(2056, 7, 1, 8, 30, tzinfo=UTC)
    draft = PatrolUpdateFactory(neighbourhood=place, publish_at=at)
    client = acting(SERGEANT, place)

    client.post(address("update_publish", draft))
    says = ["Scheduled. Residents see it from the time you named."]
    assert said(client, address("update_preview", draft)) == (200, says)
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.SCHEDULED

    client.post(address("update_unschedule", draft))
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.DRAFT


def test_a_held_patrol_says_whom_to_ask(place):
    held = PatrolUpdateFactory(neighbourhood=place, planned=True, planned_on=today(1))
    OperationsHoldFactory(neighbourhood=place, from_on=today(), to_on=today())
    client = acting(SERGEANT, place)

    client.post(address("update_publish", held))

    page = client.get(address("update_preview", held))
    assert [str(message) for message in page.context["messages"]] == [
        "This is held. Ask the inspector."
    ]
    assert b"Held. Ask the inspector." in page.content


def test_a_sergeant_withdraws_in_one_press_and_residents_read_why(place):
    update = PatrolUpdateFactory(neighbourhood=place, published=True)

    acting(SERGEANT, place).post(address("update_take_back", update))

    update.refresh_from_db()
    assert (update.state, update.withdrawal_reason) == (
        "WITHDRAWN",
        "The team is looking at this update again.",
    )
    assert update.withdrawal_reason_cy


def test_a_published_update_is_there_to_copy(place):
    update = PatrolUpdateFactory(neighbourhood=place, published=True, result=True)

    page = " ".join(
        acting(OFFICER, place).get(address("update_preview", update)).content.decode().split()
    )

    assert "What you told us You told us about bikes. What we did" in page
    assert f"{settings.SITE_URL}/areas/casterwell/harkstow/updates/{update.pk}/</textarea>" in page
