from copy import copy
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError

from teams.models import Member, PatrolUpdate, TransitionNotAllowed
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory, PolicingAreaFactory
from tests.factories.teams import (
    AuditEventFactory,
    ContactRouteFactory,
    CoverFactory,
    InvitationFactory,
    MemberFactory,
    NamedContactFactory,
    NoticeFactory,
    OperationsHoldFactory,
    PatrolUpdateFactory,
    PeopleFileFactory,
    PostingFactory,
    PublishingTrustFactory,
    RoleFactFactory,
    RoleGrantFactory,
    SafetyStampFactory,
    UnhidingFactory,
    UserFactory,
)
from tests.teams.test_duty import BROKEN as BROKEN_DUTIES
from tests.teams.test_events import BROKEN as BROKEN_EVENTS
from tests.teams.test_patrols import BROKEN as BROKEN_PATROLS
from tests.teams.test_photos import BROKEN as BROKEN_PHOTOS
from tests.teams.test_services_roles import BROKEN as BROKEN_ROLES

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)

# (constraint, factory, its arguments, the change that the database refuses)
CHANGES = [
    ("contactroute_has_one_owner", ContactRouteFactory, {}, {"neighbourhood": None}),
    ("contactroute_has_value", ContactRouteFactory, {}, {"value": ""}),
    ("member_has_name_and_reference", MemberFactory, {}, {"name": ""}),
    ("member_has_name_and_reference", MemberFactory, {}, {"reference": ""}),
    ("member_rank_for_officers_and_specials_only", MemberFactory, {}, {"rank": ""}),
    (
        "member_rank_for_officers_and_specials_only",
        MemberFactory,
        {"pcso": True},
        {"rank": "sergeant"},
    ),
    ("member_acting_needs_rank", MemberFactory, {"pcso": True}, {"acting": True}),
    (
        "member_not_police_names_employer",
        MemberFactory,
        {"warden": True},
        {"employer": "", "employer_kind": "force"},
    ),
    ("member_first_name_only_has_reason", MemberFactory, {}, {"first_name_only": True}),
    ("member_first_name_only_has_reason", MemberFactory, {}, {"first_name_reason": "A threat."}),
    (
        "member_first_name_only_has_reason",
        MemberFactory,
        {"shortened": True},
        {"first_name_reason": ""},
    ),
    ("unhiding_confirmed_by_somebody", UnhidingFactory, {}, {"confirmed_at": NOON}),
    (
        "unhiding_confirmed_by_somebody",
        UnhidingFactory,
        {"confirmed": True},
        {"confirmed_at": None},
    ),
    (
        "member_not_police_names_employer",
        MemberFactory,
        {"accredited": True},
        {"employer": "", "employer_kind": "force"},
    ),
    ("patrolupdate_state_has_its_dates", PatrolUpdateFactory, {}, {"state": "PUBLISHED"}),
    ("patrolupdate_state_has_its_dates", PatrolUpdateFactory, {}, {"state": "WITHDRAWN"}),
    ("patrolupdate_state_has_its_dates", PatrolUpdateFactory, {}, {"published_at": NOON}),
    (
        "patrolupdate_state_has_its_dates",
        PatrolUpdateFactory,
        {"withdrawn": True},
        {"withdrawal_reason": ""},
    ),
    (
        "patrolupdate_state_has_its_dates",
        PatrolUpdateFactory,
        {"published": True},
        {"state": "BURNT"},
    ),
    ("patrolupdate_has_title_and_text", PatrolUpdateFactory, {}, {"title": ""}),
    ("patrolupdate_has_title_and_text", PatrolUpdateFactory, {}, {"text": ""}),
    ("patrolupdate_welsh_is_whole_or_missing", PatrolUpdateFactory, {}, {"title_cy": "Dau"}),
    (
        "patrolupdate_welsh_is_whole_or_missing",
        PatrolUpdateFactory,
        {"welsh": True},
        {"title_cy": ""},
    ),
    ("patrolupdate_state_has_its_dates", PatrolUpdateFactory, {}, {"state": "SCHEDULED"}),
    (
        "patrolupdate_welsh_is_whole_or_missing",
        PatrolUpdateFactory,
        {"welsh": True},
        {"told_cy": "Dywedoch"},
    ),
    ("patrolupdate_result_has_its_parts", PatrolUpdateFactory, {"result": True}, {"outcome": ""}),
    ("patrolupdate_result_has_its_parts", PatrolUpdateFactory, {}, {"advice": "Lock it."}),
    (
        "patrolupdate_planned_has_area_and_half_day",
        PatrolUpdateFactory,
        {"planned": True},
        {"half_day": ""},
    ),
    ("patrolupdate_planned_has_area_and_half_day", PatrolUpdateFactory, {}, {"area": "A park"}),
    ("patrolupdate_ends_if_it_has_to", PatrolUpdateFactory, {"appeal": True}, {"ends_on": None}),
    ("patrolupdate_ends_if_it_has_to", PatrolUpdateFactory, {}, {"ends_on": date(2026, 3, 5)}),
    (
        "patrolupdate_ends_within_14_days",
        PatrolUpdateFactory,
        {"appeal": True, "published": True},
        {"ends_on": date(2026, 3, 17)},
    ),
    ("operationshold_over_one_place", OperationsHoldFactory, {}, {"neighbourhood": None}),
    ("operationshold_ends_after_it_begins", OperationsHoldFactory, {}, {"to_on": date(2026, 3, 1)}),
    ("operationshold_has_reason", OperationsHoldFactory, {}, {"reason": ""}),
    ("posting_ends_after_it_begins", PostingFactory, {}, {"to_on": date(2023, 5, 7)}),
    ("posting_lead_has_neighbourhood", PostingFactory, {"senior": True}, {"lead": True}),
    ("rolefact_has_text", RoleFactFactory, {}, {"text": ""}),
    ("rolefact_employer_of_others_alone", RoleFactFactory, {}, {"employer": "Sluice Park"}),
    (
        "member_employer_is_named_unless_the_force",
        MemberFactory,
        {"volunteer": True},
        {"employer": "Harkstow Watch"},
    ),
    (
        "member_employer_is_named_unless_the_force",
        MemberFactory,
        {"volunteer": True},
        {"employer_kind": "community_group"},
    ),
    (
        "member_police_work_for_the_force",
        MemberFactory,
        {"pcso": True},
        {"employer_kind": "council", "employer": "Harkstow Council"},
    ),
    ("peoplefile_undone_was_imported", PeopleFileFactory, {}, {"undone_at": NOON}),
    ("peoplefile_has_text", PeopleFileFactory, {}, {"encrypted": ""}),
    ("cover_ends_after_it_begins", CoverFactory, {}, {"to_on": date(2026, 2, 28)}),
    ("user_has_email", UserFactory, {}, {"email": ""}),
]
# (constraint, factory, its arguments: a second row with the same values is refused)
TWICE = [
    ("contactroute_team_kind_once", ContactRouteFactory, {}),
    ("contactroute_member_kind_once", ContactRouteFactory, {"of_member": True}),
    ("invitation_open_once", InvitationFactory, {}),
    ("member_reference_unique", MemberFactory, {}),
    ("posting_open_once", PostingFactory, {}),
    ("rolefact_one_in_each_position", RoleFactFactory, {}),
    ("namedcontact_one_a_day", NamedContactFactory, {}),
    ("cover_begins_once_a_day", CoverFactory, {}),
    ("publishingtrust_given_once", PublishingTrustFactory, {}),
    ("unhiding_waits_once", UnhidingFactory, {}),
    ("notice_once_to_each", NoticeFactory, {}),
]


@pytest.mark.parametrize(("constraint", "factory", "given", "change"), CHANGES)
def test_the_database_refuses_the_change(constraint, factory, given, change):
    row = factory(**given)

    with pytest.raises(IntegrityError, match=constraint):
        type(row).objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(("constraint", "factory", "given"), TWICE)
def test_the_database_refuses_the_same_twice(constraint, factory, given):
    again = copy(factory(**given))
    again.pk = None

    with pytest.raises(IntegrityError, match=constraint):
        type(again).objects.bulk_create([again])


def test_the_database_refuses_an_address_in_other_case():
    UserFactory(email="tamsin@example.org")
    other = UserFactory()

    with pytest.raises(IntegrityError, match="user_email_unique_any_case"):
        type(other).objects.filter(pk=other.pk).update(email="TAMSIN@example.org")


@pytest.mark.parametrize("scope", [{"force": ForceFactory}, {"area": PolicingAreaFactory}])
def test_the_database_refuses_a_second_scope(scope):
    grant = RoleGrantFactory()
    second = {name: factory() for name, factory in scope.items()}

    with pytest.raises(IntegrityError, match="rolegrant_has_exactly_one_scope"):
        type(grant).objects.filter(pk=grant.pk).update(**second)


def test_the_database_refuses_a_route_of_a_team_and_a_member():
    route = ContactRouteFactory()

    with pytest.raises(IntegrityError, match="contactroute_has_one_owner"):
        type(route).objects.filter(pk=route.pk).update(member=MemberFactory())


def test_the_database_refuses_a_second_safety_stamp():
    stamp = SafetyStampFactory()

    with pytest.raises(IntegrityError, match="safetystamp_is_one_row"):
        type(stamp).objects.filter(pk=stamp.pk).update(id=2)


def test_the_database_refuses_that_one_person_asks_and_confirms():
    unhiding = UnhidingFactory(confirmed=True)

    with pytest.raises(IntegrityError, match="unhiding_takes_two"):
        type(unhiding).objects.filter(pk=unhiding.pk).update(confirmed_by=unhiding.asked_by)


def test_each_constraint_of_the_app_is_broken_above():
    models = apps.get_app_config("teams").get_models()
    named = {constraint.name for model in models for constraint in model._meta.constraints}

    elsewhere = {
        "auditevent_says_who_and_what",
        "eventmove_had_times_and_place",
        "promise_made_once",
        "promise_says_what",
        "safetystamp_is_one_row",
        "unhiding_takes_two",
        "user_email_unique_any_case",
        "photo_key_unique",
    } | {name for _values, name in [*BROKEN_EVENTS, *BROKEN_PHOTOS[:4]]}
    elsewhere |= BROKEN_ROLES | BROKEN_DUTIES | BROKEN_PATROLS
    assert named == {name for name, *_ in [*CHANGES, *TWICE]} | elsewhere


@pytest.mark.parametrize(
    ("given", "title", "role_text"),
    [
        ({}, "PC Tamsin Quillow", "Police constable"),
        ({"sergeant": True}, "Sgt Imran Dalvari", "Sergeant"),
        ({"sergeant": True, "acting": True}, "A/Sgt Imran Dalvari", "Sergeant"),
        ({"inspector": True}, "Insp Ruth Quillfeather", "Inspector"),
        ({"rank": "chief_inspector"}, "Chief Insp Tamsin Quillow", "Chief inspector"),
        ({"rank": "superintendent"}, "Supt Tamsin Quillow", "Superintendent"),
        ({"rank": "chief_superintendent"}, "Chief Supt Tamsin Quillow", "Chief superintendent"),
        ({"rank": "assistant_chief_constable"}, "ACC Tamsin Quillow", "Assistant chief constable"),
        ({"rank": "deputy_chief_constable"}, "DCC Tamsin Quillow", "Deputy chief constable"),
        ({"rank": "chief_constable"}, "CC Tamsin Quillow", "Chief constable"),
        ({"pcso": True}, "PCSO Dee Ferncastle", "Police community support officer"),
        ({"special": True}, "SC Lena Voskerry", "Special constable"),
        ({"volunteer": True}, "Ron Aldercombe", "Police support volunteer"),
        ({"warden": True}, "Sharon Oakhangar", "Warden"),
        ({"accredited": True}, "Marcus Pellindrum", "Accredited person"),
    ],
)
def test_member_title_and_role_in_words(given, title, role_text):
    member = MemberFactory.build(force=None, **given)

    assert (member.title, str(member), member.role_text) == (title, title, role_text)


@pytest.mark.parametrize(
    ("trait", "officer", "police"),
    [
        ("sergeant", True, True),
        ("pcso", False, True),
        ("special", False, True),
        ("volunteer", False, True),
        ("warden", False, False),
        ("accredited", False, False),
    ],
)
def test_who_is_police_and_who_a_police_officer(trait, officer, police):
    member = MemberFactory.build(force=None, **{trait: True})

    assert (member.is_police_officer, member.is_police) == (officer, police)


def test_members_serve_to_their_last_day():
    day = date(2026, 3, 4)
    open_end, last_day = MemberFactory(name="Ana"), MemberFactory(name="Bryn", ended_on=day)
    MemberFactory(ended_on=date(2026, 3, 3))

    assert list(Member.objects.serving(on=day)) == [open_end, last_day]


def test_a_draft_is_published():
    update = PatrolUpdate(title="Two e-bikes seized")

    update.publish(at=NOON)

    assert (update.state, update.published_at) == (PatrolUpdate.State.PUBLISHED, NOON)
    assert str(update) == "Two e-bikes seized"


def test_a_published_update_is_withdrawn_with_its_reasons():
    update = PatrolUpdate(state=PatrolUpdate.State.PUBLISHED, published_at=NOON)

    update.withdraw(at=NOON, reason="Wrong street.", reason_cy="Stryd anghywir.")

    assert (update.state, update.withdrawn_at) == (PatrolUpdate.State.WITHDRAWN, NOON)
    assert (update.withdrawal_reason, update.withdrawal_reason_cy) == (
        "Wrong street.",
        "Stryd anghywir.",
    )


@pytest.mark.parametrize("state", [PatrolUpdate.State.PUBLISHED, PatrolUpdate.State.WITHDRAWN])
def test_only_a_draft_is_published(state):
    update = PatrolUpdate(state=state)

    with pytest.raises(TransitionNotAllowed, match="Only a draft can be published"):
        update.publish(at=NOON)
    assert (update.state, update.published_at) == (state, None)


@pytest.mark.parametrize("state", [PatrolUpdate.State.DRAFT, PatrolUpdate.State.WITHDRAWN])
def test_only_a_published_update_is_withdrawn(state):
    update = PatrolUpdate(state=state)

    with pytest.raises(TransitionNotAllowed, match="Only a published update can be withdrawn"):
        update.withdraw(at=NOON, reason="Wrong street.")
    assert (update.state, update.withdrawn_at, update.withdrawal_reason) == (state, None, "")


def test_residents_see_published_updates_newest_first():
    place = NeighbourhoodFactory()
    older = PatrolUpdateFactory(neighbourhood=place, published=True)
    newer = PatrolUpdateFactory(neighbourhood=place, published=True, published_at=NOON)
    draft = PatrolUpdateFactory(neighbourhood=place)
    PatrolUpdateFactory(neighbourhood=place, withdrawn=True)

    assert list(place.patrol_updates.public(on=NOON.date())) == [newer, older]
    assert list(place.patrol_updates.drafts()) == [draft]


def test_a_grant_says_what_it_is_over():
    place, force = NeighbourhoodFactory(in_area=True), ForceFactory()
    over_area = RoleGrantFactory(neighbourhood=None, area=place.area)

    assert RoleGrantFactory(neighbourhood=place).scope == place
    assert over_area.scope == place.area
    assert RoleGrantFactory(administrator=True, force=force).scope == force


def test_rows_print_without_names_of_people():
    user = UserFactory(username="tamsin.quillow")
    rows = [
        ContactRouteFactory(pk=7),
        InvitationFactory(pk=7, user=user),
        PostingFactory(pk=7),
        NamedContactFactory(pk=7),
        CoverFactory(pk=7),
        RoleGrantFactory(pk=7),
        AuditEventFactory(subject_id="7"),
    ]

    assert [str(row) for row in rows] == [
        "email route 7",
        "invitation 7",
        "posting 7",
        "named contact 7",
        "cover 7",
        "sergeant 7",
        "update.published teams.patrolupdate 7",
    ]
    assert str(user) == "tamsin.quillow"


def test_an_appeal_leaves_lists_and_pages_after_its_last_day():
    appeal = PatrolUpdateFactory(published=True, appeal=True)
    rows = PatrolUpdate.objects

    assert [rows.public(on=date(2026, 3, day)).count() for day in (10, 11)] == [1, 0]
    assert [rows.shown(on=date(2026, 3, day)).count() for day in (10, 11)] == [1, 0]
    assert appeal.ends_on == date(2026, 3, 10)


def test_an_emergency_stands_first_while_it_lasts():
    emergency = PatrolUpdateFactory(published=True, emergency=True)
    newer = PatrolUpdateFactory(
        published=True, neighbourhood=emergency.neighbourhood, published_at=NOON
    )
    rows = PatrolUpdate.objects

    assert list(rows.public(on=date(2026, 3, 5))) == [emergency, newer]
    assert list(rows.public(on=date(2026, 3, 6))) == [newer, emergency]


@pytest.mark.parametrize(
    "update",
    [
        PatrolUpdate(kind="APPEAL", ends_on=date(2026, 3, 3)),
        PatrolUpdate(kind="APPEAL", ends_on=date(2026, 3, 18)),
        PatrolUpdate(kind="PLANNED", planned_on=date(2026, 3, 3)),
    ],
)
def test_days_that_do_not_fit_keep_an_update_from_being_published(update):
    with pytest.raises(TransitionNotAllowed, match="Change its"):
        update.publish(at=NOON)


def test_only_a_draft_is_scheduled_for_a_time_to_come():
    past = PatrolUpdate(publish_at=NOON)
    later = PatrolUpdate(publish_at=NOON + timedelta(hours=1))

    with pytest.raises(TransitionNotAllowed, match="for a time to come"):
        past.schedule(at=NOON)
    later.schedule(at=NOON)

    assert later.state == PatrolUpdate.State.SCHEDULED
    assert later.is_planned
    later.unschedule()
    assert later.state == PatrolUpdate.State.DRAFT
    with pytest.raises(TransitionNotAllowed, match="not scheduled"):
        later.unschedule()


def test_publishing_rows_name_themselves():
    trust, hold = PublishingTrustFactory(), OperationsHoldFactory()

    assert str(trust) == f"{trust.user} in {trust.neighbourhood}"
    assert str(hold) == f"hold {hold.pk}"
