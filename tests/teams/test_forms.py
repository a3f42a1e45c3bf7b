from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.utils import translation

from teams.forms.people import InviteForm, LastDayForm, MemberForm, PostingForm, RoleForm
from teams.forms.posts import CoverForm, NamedContactForm, RoutesForm
from teams.forms.sign_in import PasswordForm, SignInForm
from teams.forms.updates import UpdateForm, WithdrawForm
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory, PolicingAreaFactory
from tests.factories.teams import MemberFactory, PostingFactory, UserFactory

DAY = date(2026, 3, 4)
WORDS = {"title": "Two e-bikes seized", "text": "By Tern Court."}
PERSON = {"name": "Tamsin Quillow", "reference": "CW-0417"}
PCSO = PERSON | {"role": "pcso"}
CONSTABLE = PERSON | {"role": "police_officer", "rank": "constable"}
LONG_EMAIL = "a" * 260 + "@example.org"


def errors(form):
    return {name: list(messages) for name, messages in form.errors.items()}


UPDATE = partial(UpdateForm, now=datetime(2026, 3, 4, 12, tzinfo=UTC))
RESULT, PLANNED, APPEAL = (partial(UPDATE, kind=kind) for kind in ("RESULT", "PLANNED", "APPEAL"))

# (form, what was typed, field -> what it says)
REFUSALS = [
    (UPDATE, {}, {"title": "Enter a title", "text": "Enter what you want residents to know"}),
    (
        UPDATE,
        {"title": "x" * 121, "text": "x" * 2001},
        {
            "title": "The title must be 120 characters or fewer",
            "text": "The text must be 2,000 characters or fewer",
        },
    ),
    (
        UPDATE,
        WORDS | {"title_cy": "x" * 121, "text_cy": "x" * 2001},
        {
            "title_cy": "The title must be 120 characters or fewer",
            "text_cy": "The text must be 2,000 characters or fewer",
        },
    ),
    (
        UPDATE,
        WORDS | {"title_cy": "Dau e-feic"},
        {"text_cy": "Enter the text in Welsh, or leave out the Welsh title"},
    ),
    (
        UPDATE,
        WORDS | {"text_cy": "Ger Tern Court."},
        {"title_cy": "Enter the title in Welsh, or leave out the Welsh text"},
    ),
    (
        UPDATE,
        WORDS | {"publish_on": "5 3 2026"},
        {"publish_from": "Enter the time to publish it at"},
    ),
    (
        UPDATE,
        WORDS | {"publish_on": "4 3 2026", "publish_from": "12:00"},
        {"publish_on": "Enter a time that is still to come"},
    ),
    (
        RESULT,
        WORDS,
        {
            "told": "Enter what you were told",
            "outcome": "Enter what came of it",
            "advice": "Enter what you advise",
        },
    ),
    (
        RESULT,
        WORDS
        | {"told": "a", "outcome": "b", "advice": "c", "title_cy": "d", "text_cy": "e"}
        | {"told_cy": "f", "outcome_cy": "g"},
        {"advice_cy": "Enter this in Welsh too, or leave out all Welsh"},
    ),
    (
        RESULT,
        WORDS | {"told": "a", "outcome": "b", "advice": "c", "told_cy": "f"},
        {"title_cy": "Enter the title in Welsh, or leave out all Welsh"},
    ),
    (
        PLANNED,
        WORDS,
        {
            "area": "Enter the area of the patrol",
            "planned_on": "Enter the day of the patrol",
            "half_day": "Choose the half of the day",
        },
    ),
    (
        PLANNED,
        WORDS | {"area": "Harkstow paths", "planned_on": "3 3 2026", "half_day": "MORNING"},
        {"planned_on": "The day of the patrol must not be over"},
    ),
    (APPEAL, WORDS, {"ends_on": "Enter the last day"}),
    (
        APPEAL,
        WORDS | {"ends_on": "18 3 2026"},
        {"ends_on": "The last day must be within 14 days of publishing"},
    ),
    (WithdrawForm, {}, {"reason": "Enter why you are withdrawing it"}),
    (
        WithdrawForm,
        {"reason": "x" * 301, "reason_cy": "x" * 301},
        {
            "reason": "The reason must be 300 characters or fewer",
            "reason_cy": "The reason must be 300 characters or fewer",
        },
    ),
    (LastDayForm, {}, {"last_on": "Enter the last day"}),
    (LastDayForm, {"last_on": "31 2 2026"}, {"last_on": "Enter a real day, like 27 11 2026"}),
    (
        MemberForm,
        {},
        {"name": "Enter a name", "reference": "Enter a reference", "role": "Choose a role"},
    ),
    (
        MemberForm,
        {"name": "x" * 151, "reference": "x" * 41, "role": "king", "employer": "x" * 151},
        {
            "name": "The name must be 150 characters or fewer",
            "reference": "The reference must be 40 characters or fewer",
            "role": "Choose a role from the list",
            "employer": "The employer must be 150 characters or fewer",
        },
    ),
    (MemberForm, PCSO | {"rank": "baron"}, {"rank": "Choose a rank from the list"}),
    (MemberForm, PERSON | {"role": "police_officer"}, {"rank": "Choose the officer's rank"}),
    (
        MemberForm,
        PCSO | {"rank": "sergeant"},
        {"rank": "Only police officers and special constables hold a rank"},
    ),
    (MemberForm, PCSO | {"acting": "on"}, {"acting": "Choose the rank they are acting in"}),
    (
        MemberForm,
        PERSON | {"role": "warden"},
        {"employer_kind": "Wardens and accredited people work for others"},
    ),
    (
        MemberForm,
        PERSON | {"role": "warden", "employer_kind": "council"},
        {"employer": "Enter who employs them"},
    ),
    (
        MemberForm,
        PCSO | {"employer_kind": "council", "employer": "Harkstow Council"},
        {"employer_kind": "People in this role work for the force alone"},
    ),
    (
        MemberForm,
        PERSON | {"role": "volunteer", "employer": "Harkstow Watch"},
        {"employer": "Leave this empty for the force"},
    ),
    (
        MemberForm,
        PCSO | {"employer_kind": "x"},
        {"employer_kind": "Choose who employs them from the list"},
    ),
    (
        MemberForm,
        PCSO | {"visible_from": "soon"},
        {"visible_from": "Enter a real day, like 27 11 2026"},
    ),
    (InviteForm, {}, {"email": "Enter an email address", "language": "Choose a language"}),
    (
        InviteForm,
        {"email": "tamsin", "language": "fr"},
        {
            "email": "Enter an email address like name@example.com",
            "language": "Choose a language from the list",
        },
    ),
    (
        InviteForm,
        {"email": LONG_EMAIL, "language": "cy"},
        {"email": "The email address must be 254 characters or fewer"},
    ),
    (
        RoutesForm,
        {"email": "tamsin", "telephone": "ring me", "mobile": "12", "web": "ftp://example.org"},
        {
            "email": "Enter an email address like name@example.com",
            "telephone": "Enter a telephone number, like 01632 960 001",
            "mobile": "Enter a telephone number, like 01632 960 001",
            "web": "Enter a web address that begins with https://",
        },
    ),
    (
        RoutesForm,
        {
            "email": LONG_EMAIL,
            "telephone": "1" * 21,
            "mobile": "1" * 21,
            "web": "https://example.org/" + "x" * 240,
            "address": "x" * 255,
        },
        {
            "email": "The email address must be 254 characters or fewer",
            "telephone": "The number must be 20 characters or fewer",
            "mobile": "The number must be 20 characters or fewer",
            "web": "The web address must be 254 characters or fewer",
            "address": "The address must be 254 characters or fewer",
        },
    ),
]


@pytest.mark.parametrize(("form", "typed", "says"), REFUSALS)
def test_a_form_says_what_to_do(form, typed, says):
    found = errors(form(typed))

    assert {name: messages[0] for name, messages in found.items()} == says


@pytest.mark.parametrize(
    "typed",
    [
        "27 11 2026",
        "27/11/2026",
        "27.11.2026",
        "2026-11-27",
        "27 November 2026",
        "27 nov 2026",
        " 27 11 2026 ",
    ],
)
def test_a_day_is_understood_in_several_ways(typed):
    form = LastDayForm({"last_on": typed})

    assert (form.is_valid(), form.cleaned_data) == (True, {"last_on": date(2026, 11, 27)})


@pytest.mark.parametrize("typed", ["27 13 2026", "yesterday", "27 11", "11/27/2026", "27 11 26"])
def test_a_day_that_is_none(typed):
    form = LastDayForm({"last_on": typed})

    assert errors(form) == {"last_on": ["Enter a real day, like 27 11 2026"]}


def test_a_day_is_understood_in_the_welsh_pages_too():
    with translation.override("cy"):
        form = LastDayForm({"last_on": "1/3/2026"})

        assert (form.is_valid(), form.cleaned_data) == (True, {"last_on": date(2026, 3, 1)})


def test_an_update_in_both_languages():
    words = WORDS | {"title_cy": "Dau e-feic", "text_cy": "Ger Tern Court."}
    form = UPDATE(words)

    assert form.is_valid()
    assert form.words() == words | {"kind": "PATROL", "publish_at": None}


def test_an_update_to_be_published_later():
    form = UPDATE(WORDS | {"publish_on": "1 7 2026", "publish_from": "9:30"})

    assert form.is_valid()
    assert form.words()["publish_at"] == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def test_a_result_in_both_languages_has_all_its_parts_in_both():
    parts = ("title", "text", "told", "outcome", "advice")
    words = {f"{name}{language}": f"{name}{language}" for name in parts for language in ("", "_cy")}
    form = RESULT(words)

    assert form.is_valid()
    assert form.words() == words | {"kind": "RESULT", "publish_at": None}


def test_a_line_end_counts_as_one_character():
    form = UPDATE({"title": "Lines", "text": "\r\n".join(["x"] * 1000) + "\r\nx"})
    assert errors(form) == {"text": ["The text must be 2,000 characters or fewer"]}

    form = UPDATE({"title": "Lines", "text": "x\r\n" * 999 + "xx"})
    assert (form.is_valid(), form.cleaned_data["text"]) == (True, "x\n" * 999 + "xx")


@pytest.mark.parametrize(
    "typed",
    [
        CONSTABLE,
        CONSTABLE | {"rank": "sergeant", "acting": "on"},
        PCSO,
        PERSON | {"role": "special_constable"},
        PERSON | {"role": "special_constable", "rank": "sergeant"},
        PERSON | {"role": "volunteer"},
        PERSON | {"role": "volunteer", "employer_kind": "force", "visible_from": "27 11 2026"},
        PERSON | {"role": "accredited", "employer_kind": "other", "employer": "Lanterngate Centre"},
    ],
)
def test_people_that_can_be_entered(typed):
    assert errors(MemberForm(typed)) == {}


def test_routes_may_all_be_left_out_and_a_web_address_gets_https():
    empty, full = RoutesForm({}), RoutesForm({"web": "www.example.org/contact"})

    assert (errors(empty), errors(full)) == ({}, {})
    assert full.cleaned_data == {
        "email": "",
        "telephone": "",
        "mobile": "",
        "web": "https://www.example.org/contact",
        "address": "",
    }


@pytest.mark.django_db
def test_cover_comes_from_the_police_of_the_force_who_still_serve():
    place = NeighbourhoodFactory()
    pcso, officer = MemberFactory(force=place.force, pcso=True), MemberFactory(force=place.force)
    MemberFactory(force=place.force, warden=True)
    MemberFactory(force=place.force, left=True)
    MemberFactory()

    form = CoverForm(neighbourhood=place, on=DAY)

    assert list(form.fields) == ["member", "from_on", "to_on"]
    assert list(form.fields["member"].queryset) == [pcso, officer]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (
            {},
            {
                "member": ["Choose who covers"],
                "from_on": ["Enter the first day"],
                "to_on": ["Enter the last day"],
            },
        ),
        (
            {"member": "0", "from_on": "5 3 2026", "to_on": "4 3 2026"},
            {
                "member": ["Choose a person from the list"],
                "to_on": ["The last day must not be before the first day"],
            },
        ),
    ],
)
def test_cover_says_what_to_do(typed, says):
    assert errors(CoverForm(typed, neighbourhood=NeighbourhoodFactory(), on=DAY)) == says


@pytest.mark.django_db
def test_a_police_officer_or_pcso_of_the_team_can_be_named():
    place = NeighbourhoodFactory()
    officer = PostingFactory(neighbourhood=place)
    to_come = PostingFactory(neighbourhood=place, member__pcso=True, from_on=date(2026, 4, 1))
    PostingFactory(neighbourhood=place, member__special=True)
    PostingFactory(neighbourhood=place, ended=True)
    PostingFactory(neighbourhood__force=place.force)

    field = NamedContactForm(neighbourhood=place, on=DAY).fields["posting"]

    assert [str(label) for _value, label in field.choices] == [
        "Nobody: the post is vacant",
        "PC Tamsin Quillow",
        "PCSO Dee Ferncastle",
    ]
    assert list(field.queryset) == [officer, to_come]


@pytest.mark.django_db
def test_the_named_officer_form_says_what_to_do():
    form = NamedContactForm({"posting": "0"}, neighbourhood=NeighbourhoodFactory(), on=DAY)

    assert errors(form) == {
        "posting": ["Choose a person from the list"],
        "from_on": ["Enter the day it begins"],
    }


@pytest.mark.django_db
def test_a_posting_is_to_a_present_neighbourhood_of_the_force():
    place = NeighbourhoodFactory()
    NeighbourhoodFactory(force=place.force, ended_on=DAY)
    NeighbourhoodFactory()

    form = PostingForm({}, force=place.force, on=DAY)

    assert list(form.fields["neighbourhood"].queryset) == [place]
    assert errors(form) == {
        "neighbourhood": ["Choose a neighbourhood"],
        "from_on": ["Enter the first day"],
    }


@pytest.mark.django_db
def test_a_posting_to_a_neighbourhood_of_another_force_is_refused():
    typed = {"neighbourhood": NeighbourhoodFactory().pk, "from_on": "4 3 2026"}

    form = PostingForm(typed, force=ForceFactory(), on=DAY)

    assert errors(form) == {"neighbourhood": ["Choose a neighbourhood from the list"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "place", "area", "says"),
    [
        ("", True, False, {"role": ["Choose a role"]}),
        ("king", True, False, {"role": ["Choose a role from the list"]}),
        ("officer", False, False, {"neighbourhood": ["Choose a neighbourhood or a policing area"]}),
        ("officer", True, True, {"neighbourhood": ["Choose a neighbourhood or a policing area"]}),
        (
            "force_administrator",
            True,
            False,
            {"neighbourhood": ["This role is over the whole force"]},
        ),
    ],
)
def test_a_role_says_what_to_do(role, place, area, says):
    scope = NeighbourhoodFactory(in_area=True)
    typed = {"role": role, "neighbourhood": scope.pk if place else "", "area": ""}
    typed["area"] = scope.area_id if area else ""

    assert errors(RoleForm(typed, force=scope.force, on=DAY)) == says


@pytest.mark.django_db
def test_a_role_over_a_place_of_another_force_is_refused_with_one_message():
    theirs, force = NeighbourhoodFactory(in_area=True), ForceFactory()

    by_place = RoleForm({"role": "officer", "neighbourhood": theirs.pk}, force=force, on=DAY)
    by_area = RoleForm({"role": "officer", "area": theirs.area_id}, force=force, on=DAY)

    assert errors(by_place) == {"neighbourhood": ["Choose a neighbourhood from the list"]}
    assert errors(by_area) == {"area": ["Choose a policing area from the list"]}


@pytest.mark.django_db
def test_a_role_has_one_scope():
    area = PolicingAreaFactory()
    place = NeighbourhoodFactory(force=area.force)
    typed = [
        {"role": "sergeant", "neighbourhood": place.pk},
        {"role": "inspector", "area": area.pk},
        {"role": "force_administrator"},
    ]

    forms = [RoleForm(data, force=area.force, on=DAY) for data in typed]

    assert [errors(form) for form in forms] == [{}, {}, {}]
    assert [form.cleaned_data["scope"] for form in forms] == [place, area, area.force]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", ["Enter a password"]),
        (
            "short-words",
            ["The password must have at least 12 characters"],
        ),
        ("q1w2e3r4t5y6", ["Many people use this password. Choose another"]),
        ("tamsin.quillow", ["The password is too much like your name or email address"]),
        ("harkstow lantern meadow", []),
    ],
)
def test_a_password_is_long_and_not_common(password, says):
    form = PasswordForm({"password": password}, user=UserFactory(username="tamsin.quillow"))

    assert errors(form).get("password", []) == says


def test_a_password_keeps_its_spaces():
    form = PasswordForm({"password": " harkstow lantern "}, user=UserFactory.build())

    assert (form.is_valid(), form.cleaned_data) == (True, {"password": " harkstow lantern "})


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, {"login": ["Enter your email address"], "password": ["Enter your password"]}),
        (
            {"login": "tamsin", "password": "x"},
            {"login": ["Enter an email address like name@example.com"]},
        ),
    ],
)
def test_the_sign_in_form_says_what_to_do(typed, says):
    assert errors(SignInForm(typed)) == says
