from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from neighbourhoods.models import Neighbourhood
from teams.models import AuditEvent, Event, PatrolUpdate, TransitionNotAllowed
from teams.queries.translating import LOOKS_BACK, missing_in, paired_fields, untranslated_in
from teams.services.translating import translate_row
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import EventFactory, MemberFactory, PatrolUpdateFactory, UserFactory
from tests.teams.acting import acting, errors_of, grant

pytestmark = pytest.mark.django_db
TRANSLATOR, COMMUNICATIONS = "translator", "communications"
WELSH = {"title": "Dau e-feic", "text": "Cipiwyd dau e-feic."}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="brithell", force__welsh=True, code="aberwennol")


@pytest.fixture
def translator(place):
    user = UserFactory(username="megan.tanybryn", enrolled=True)
    grant(user, TRANSLATOR, place.force)
    return user


def url(name, force, *keys):
    pk = {"pk": keys[0]} if keys else {}
    return reverse(f"teams:{name}", kwargs={"force_id": force.pk, **pk})


def published(place, now, days=1, **fields):
    at = now - timedelta(days=days)
    return PatrolUpdateFactory(neighbourhood=place, published=True, published_at=at, **fields)


def found(force, now):
    return [(item.kind, item.row.pk, item.public) for item in untranslated_in(force, now=now)]


# What lacks its Welsh -----------------------------------------------------------------------


def test_paired_fields_are_those_with_a_welsh_twin():
    assert {"title", "place", "cancellation_reason"} <= set(paired_fields(Event))
    assert missing_in(PatrolUpdateFactory()) == ["title", "text"]
    assert missing_in(PatrolUpdateFactory(welsh=True)) == []
    assert missing_in(EventFactory(title_cy="Cyfarfod")) == ["place"]


def test_what_residents_read_already_comes_first(place, now):
    later = PatrolUpdateFactory(
        neighbourhood=place, scheduled=True, publish_at=now - timedelta(minutes=1)
    )
    draft = PatrolUpdateFactory(neighbourhood=place)
    public = published(place, now)
    event = EventFactory(neighbourhood=place)

    assert found(place.force, now) == [
        ("update", public.pk, True),
        ("event", event.pk, True),
        ("update", later.pk, False),
        ("update", draft.pk, False),
    ]


def test_what_has_its_welsh_is_old_over_withdrawn_or_elsewhere_is_not_asked_for(place, now):
    PatrolUpdateFactory(neighbourhood=place, welsh=True)
    PatrolUpdateFactory(neighbourhood=place, withdrawn=True)
    PatrolUpdateFactory(neighbourhood__force__welsh=True)
    published(place, now, days=LOOKS_BACK.days + 1)
    published(place, now, days=3, appeal=True, ends_on=(now - timedelta(days=2)).date())
    EventFactory(neighbourhood=place, welsh=True)
    EventFactory(
        neighbourhood=place,
        starts_at=now - timedelta(days=3),
        ends_at=now - timedelta(days=2),
    )

    assert found(place.force, now) == []


def test_a_force_that_does_not_publish_in_welsh_has_nothing_to_translate(now):
    update = PatrolUpdateFactory(neighbourhood__force__welsh=False)

    assert found(update.neighbourhood.force, now) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_two_queries_whatever_lacks_its_welsh(place, now, rows, django_assert_num_queries):
    for _ in range(rows):
        PatrolUpdateFactory(neighbourhood=place)
        EventFactory(neighbourhood=place)

    with django_assert_num_queries(2):
        items = untranslated_in(place.force, now=now)
        assert {item.row.neighbourhood.name for item in items} == {place.name}
    assert len(items) == 2 * rows


# Writing it ---------------------------------------------------------------------------------


def test_the_welsh_of_a_draft_is_kept_with_names_as_references(place, translator):
    member = MemberFactory(force=place.force, name="Carys Morwenlyn")
    update = PatrolUpdateFactory(neighbourhood=place)

    translate_row(
        row=update, words={**WELSH, "text": "Gofynnwch i PC Carys Morwenlyn."}, by=translator
    )

    update.refresh_from_db()
    assert (update.title_cy, update.text_cy) == (
        ("Dau e-feic", f"Gofynnwch i [[member:{member.pk}]].")
    )
    event = AuditEvent.objects.get()
    assert (event.by, event.verb, event.detail) == (
        "megan.tanybryn",
        "update.translated",
        {"neighbourhood": place.pk, "shapes": []},
    )


def test_residents_read_the_welsh_of_an_event_at_once(place, translator):
    event = EventFactory(neighbourhood=place)
    before = Neighbourhood.objects.get(pk=place.pk).stamp

    translate_row(row=event, words={"title": "Cyfarfod", "place": "Llyfrgell"}, by=translator)

    event.refresh_from_db()
    assert (event.title_cy, event.place_cy) == ("Cyfarfod", "Llyfrgell")
    assert Neighbourhood.objects.get(pk=place.pk).stamp > before
    assert AuditEvent.objects.get().verb == "event.translated"


def test_whoever_comes_second_is_told(place, translator):
    update = PatrolUpdateFactory(neighbourhood=place)
    gone = PatrolUpdateFactory(neighbourhood=place)
    translate_row(row=update, words=WELSH, by=translator)
    PatrolUpdate.objects.filter(pk=gone.pk).delete()

    with pytest.raises(TransitionNotAllowed, match="changed or translated this meanwhile"):
        translate_row(row=update, words=WELSH, by=translator)
    with pytest.raises(TransitionNotAllowed, match="This draft has been deleted"):
        translate_row(row=gone, words=WELSH, by=translator)
    assert AuditEvent.objects.count() == 1


# The pages ----------------------------------------------------------------------------------


def test_a_translator_writes_the_welsh_of_a_result(place, now):
    update, client = published(place, now, result=True), acting(TRANSLATOR, place.force)
    path, page = (
        url("update_translate", place.force, update.pk),
        url("translation_list", place.force),
    )
    assert path in client.get(page).content.decode()
    assert "You told us about bikes." in client.get(path).content.decode()
    words = {"told": "Dywedoch", "outcome": "Tawelach", "advice": "Dywedwch"}

    wrong = client.post(path, {**WELSH, **words, "advice": "", "title": "x" * 121})
    right = client.post(path, {**WELSH, **words})

    assert errors_of(wrong) == {
        "advice": ["Enter the Welsh"],
        "title": ["The Welsh must be 120 characters or fewer"],
    }
    assert right["Location"] == page
    update.refresh_from_db()
    assert (update.told_cy, update.outcome_cy, update.advice_cy) == tuple(words.values())
    assert [str(said) for said in client.get(page).context["messages"]] == [
        "Saved. Welsh readers see it."
    ]


def test_words_that_may_tell_of_a_person_are_marked_before_residents_read_them(place, now):
    update, client = published(place, now), acting(TRANSLATOR, place.force)
    path, words = (
        url("update_translate", place.force, update.pk),
        {
            "title": "Beic",
            "text": "Gwelwyd y car AB12 CDE yno.",
        },
    )

    marked = client.post(path, words)
    update.refresh_from_db()
    assert update.title_cy == ""
    assert "AB12 CDE" in marked.content.decode()
    assert "anyway" in marked.context["form"].fields

    client.post(path, {**words, "anyway": "on"})
    update.refresh_from_db()
    assert update.text_cy == words["text"]
    assert AuditEvent.objects.get().detail["shapes"] == ["plate"]


def test_what_changed_meanwhile_is_said_on_the_list(place, now, monkeypatch):
    update, client = PatrolUpdateFactory(neighbourhood=place), acting(TRANSLATOR, place.force)
    monkeypatch.setattr("teams.services.translating.missing_in", lambda _row: ["title"])

    client.post(url("update_translate", place.force, update.pk), WELSH)

    page = client.get(url("translation_list", place.force))
    assert [str(said) for said in page.context["messages"]] == [
        "Somebody has changed or translated this meanwhile."
    ]


def test_what_has_its_welsh_is_withdrawn_or_of_another_force_is_not_found(place):
    client = acting(TRANSLATOR, place.force)
    updates = [
        PatrolUpdateFactory(neighbourhood=place, welsh=True),
        PatrolUpdateFactory(neighbourhood=place, withdrawn=True),
        PatrolUpdateFactory(),
    ]

    answers = [client.get(url("update_translate", place.force, row.pk)) for row in updates]
    event = client.get(url("event_translate", place.force, EventFactory().pk))

    assert [page.status_code for page in (*answers, event)] == [404] * 4


@pytest.mark.parametrize(
    ("welsh", "says"),
    [(True, "Everything has its Welsh."), (False, "This force does not publish in Welsh.")],
)
def test_nothing_is_to_be_translated(place, welsh, says):
    place.force.welsh = welsh
    place.force.save()

    page = acting(TRANSLATOR, place.force).get(url("translation_list", place.force))

    assert says in page.content.decode()


# To be told elsewhere -----------------------------------------------------------------------


def test_communications_copy_what_was_published_lately(place, now):
    hidden = MemberFactory(force=place.force, name="Zephyrine Oakcanary", hidden=True)
    told = published(place, now, welsh=True, text=f"Ask [[member:{hidden.pk}]].")
    published(place, now, days=15)
    published(NeighbourhoodFactory(), now)
    urgent = published(place, now, days=2, emergency=True, ends_on=now.date())
    client = acting(COMMUNICATIONS, place.force)

    page = client.get(url("share_list", place.force))

    shared = page.context["shared_updates"]
    assert [entry["update"].pk for entry in shared] == [urgent.pk, told.pk]
    assert [language for language, _text in shared[1]["copies"]] == ["en-gb", "cy"]
    assert "Ask a member of the team." in shared[1]["copies"][0][1]
    assert f"/areas/brithell/aberwennol/updates/{told.pk}/" in shared[1]["copies"][0][1]
    assert "Oakcanary" not in page.content.decode()


def test_nothing_was_published_lately(place):
    page = acting(COMMUNICATIONS, place.force).get(url("share_list", place.force))

    assert "Nothing was published in the last 14 days." in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_sharing_asks_the_same_of_the_database(place, now, rows, django_assert_num_queries):
    member = MemberFactory(force=place.force)
    for _ in range(rows):
        published(place, now, text=f"Ask [[member:{member.pk}]].")
    client = acting(COMMUNICATIONS, place.force)

    with django_assert_num_queries(8):
        assert len(client.get(url("share_list", place.force)).context["shared_updates"]) == rows


def test_communications_write_updates_that_somebody_else_publishes(place):
    client = acting(COMMUNICATIONS, place.force)
    write = reverse("teams:update_write", kwargs=place.url_kwargs)

    client.post(write, {"title": "Flood", "text": "The river is over the road."})
    update = PatrolUpdate.objects.get()
    publish = reverse("teams:update_publish", kwargs={**place.url_kwargs, "pk": update.pk})

    assert client.post(publish).status_code == 403
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.DRAFT
