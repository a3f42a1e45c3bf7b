import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Model
from shapely.affinity import scale

from config.demo.loading import RealForcePresent, load_demo
from config.demo.offsets import NoOffset, day, instant
from neighbourhoods.geometry import area_from_stored
from neighbourhoods.models import Boundary, Force, Neighbourhood, Postcode, PostcodeMatch
from priorities.models import Round
from teams.models import AuditEvent, Member, Posting, User
from teams.references import REFERENCE
from tests.config.demo_stories import ANSWERS, PLACES, TEAMS, assert_stories
from tests.factories.feedback import ReplyFactory
from tests.factories.neighbourhoods import FollowingFactory, ForceFactory, PostcodeFactory
from tests.factories.priorities import PriorityFactory, VoteChoiceFactory, VoteFactory
from tests.factories.reports import BulletinFactory
from tests.factories.teams import (
    CoverFactory,
    EventFactory,
    MemberFactory,
    PatrolUpdateFactory,
    UserFactory,
)

NOW = datetime(2026, 5, 14, 10, 30, tzinfo=UTC)
MOMENTS = [
    "2026-03-29T00:30:00+00:00",  # half an hour before the clocks go forward
    "2026-10-25T01:30:00+01:00",  # the hour that comes twice, first time
    "2026-10-25T01:30:00+00:00",  # and second
    "2028-02-29T12:00:00+00:00",
    "2026-12-31T23:59:00+00:00",  # the end of a quarter
    "2027-01-01T00:00:00+00:00",
    "2026-08-02T02:00:00+01:00",  # a Sunday night
]
CONTENT = Path(__file__).parents[2] / "config" / "demo"
EMAIL = re.compile(r"[\w.+-]+@[\w.-]+")
WEB = re.compile(r"https?://([\w.-]+)")
TELEPHONE = re.compile(r"\b0\d[\d ]{7,}\d\b")
DRAMA = re.compile(r"01632 960\d{3}|029 2018 0\d{3}|07700 900\d{3}")  # Ofcom's ranges
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
# Named in no team today, but in the files.
OTHERS = {"ACC Helena Strandwick", "PC Lena Corbray"}
# Keys, random salts, and what holds a key of another row.
NEW_EACH_TIME = {"id", "password", "mailbox_key", "figures", "document", "sha256", "key"}
# Their stories need what is not built yet.
NOT_YET = {"Castlebeck", "Brightwater"}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_story_is_in_its_state_at(moment):
    now = datetime.fromisoformat(moment)

    call_command("load_demo", at=now)

    assert_stories(now)


def test_loading_twice_gives_the_same_rows():
    load_demo(now=NOW)
    first = everything()

    load_demo(now=NOW)

    assert everything() == first


def test_loading_again_removes_what_a_visitor_did():
    load_demo(now=NOW)
    first = everything()
    place = Neighbourhood.objects.get(code="harkstow")
    member = MemberFactory(force=place.force, user=UserFactory(), name="Visitor")
    CoverFactory(neighbourhood=place, member=member)
    PatrolUpdateFactory(neighbourhood=place)
    EventFactory(neighbourhood=place)
    FollowingFactory(neighbourhood=place)
    ReplyFactory(message__neighbourhood=place, written_by=member.user)
    PriorityFactory(neighbourhood=place, closed=True)
    vote = VoteFactory(round__neighbourhood=place)
    VoteChoiceFactory(vote=vote, option__round=vote.round)
    BulletinFactory(neighbourhood=place, quarter=date(2021, 1, 1))

    load_demo(now=NOW)

    assert everything() == first


@pytest.mark.django_db(transaction=True)
def test_the_keys_of_votes_that_are_gone_are_destroyed(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path)
    load_demo(now=NOW)
    first = set(tmp_path.iterdir())

    load_demo(now=NOW)

    assert {path.stem for path in tmp_path.iterdir()} == {
        str(pk) for pk in Round.objects.filter(opens_at__isnull=False).values_list("pk", flat=True)
    }
    assert first.isdisjoint(tmp_path.iterdir())


def test_what_is_not_of_the_demonstration_stays():
    PostcodeFactory(code="ZZ11ZZ")
    UserFactory(username="somebody.else")
    load_demo(now=NOW)

    load_demo(now=NOW)

    assert Postcode.objects.filter(pk="ZZ11ZZ").exists()
    assert User.objects.filter(username="somebody.else").exists()


def test_refuses_beside_a_real_force():
    load_demo(now=NOW)
    first = everything()
    ForceFactory(id="real-force")

    with pytest.raises(CommandError, match="holds real-force"):
        call_command("load_demo")

    Force.objects.filter(pk="real-force").delete()
    assert everything() == first


def test_refusal_is_an_error_of_its_own():
    ForceFactory(id="real-force")
    with pytest.raises(RealForcePresent):
        load_demo(now=NOW)
    assert not Neighbourhood.objects.exists()


def test_load_demo_says_what_it_wrote(capsys):
    call_command("load_demo", at=NOW)

    assert capsys.readouterr().out.splitlines() == [
        "casterwell: 8 neighbourhoods, 721 postcodes, 28 people, 9 accounts, 22 updates, "
        "5 events, 12 priorities, 261 messages, 2009 crime counts, 7 followings, 8 bulletins",
        "glannau-brithell: 2 neighbourhoods, 86 postcodes, 8 people, 3 accounts, 5 updates, "
        "2 events, 2 priorities, 34 messages, 431 crime counts, 1 followings, 2 bulletins",
    ]


def test_load_demo_names_a_moment_it_cannot_read():
    with pytest.raises(CommandError, match="'yesterday' is not an ISO date and time"):
        call_command("load_demo", "--at", "yesterday")


def test_nobody_can_sign_in_outside_the_demonstration(settings):
    settings.DEMO = False
    load_demo(now=NOW)

    assert not Authenticator.objects.exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_in_the_demonstration_every_account_has_a_code_and_none_a_password(settings):
    settings.DEMO = True
    load_demo(now=NOW)

    secrets = {
        factor.user.username: get_adapter().decrypt(factor.data["secret"])
        for factor in Authenticator.objects.select_related("user")
    }
    assert secrets.keys() == set(User.objects.values_list("username", flat=True))
    assert len(set(secrets.values())) == len(secrets) == 12
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_accounts_belong_to_their_people():
    load_demo(now=NOW)

    users = User.objects.select_related("member")
    assert {user.username for user in users if not hasattr(user, "member")} == {
        "anwen.dole",
        "owen.sparrowhall",
        "lowri.craigwennol",
    }
    assert all(u.member.name == u.name for u in users if hasattr(u, "member"))
    assert {user.username for user in users if user.language == "cy"} == {
        "nerys.talfryndal",
        "iwan.pennhesgin",
        "lowri.craigwennol",
    }


def test_loading_leaves_no_audit_trail():
    load_demo(now=NOW)
    assert not AuditEvent.objects.exists()


# Shapes -------------------------------------------------------------------------------------


def test_outlines_look_like_places_and_overlap_only_at_quay_steps():
    areas = outlines_m()

    for code, area in areas.items():
        (part,) = area.geoms
        assert area.is_valid
        assert 50 <= len(part.exterior.coords) <= 150, code
        assert area.area < 0.93 * area.minimum_rotated_rectangle.area, code
    overlaps = {
        (one, other): hectares(areas[one].intersection(areas[other]))
        for one in areas
        for other in areas
        if one < other
    }
    assert {pair: ha for pair, ha in overlaps.items() if ha > 0.01} == {
        ("lanterngate", "tarrow-dock"): pytest.approx(3, abs=0.2)
    }


def test_the_gap_and_the_hole():
    areas = outlines_m()

    # The one place that the outlines enclose and nobody has, the reservoir apart.
    casterwell = shapely.union_all([a for code, a in areas.items() if code != "nettlegate"])
    gaps = [hectares(shapely.Polygon(ring)) for p in parts(casterwell) for ring in p.interiors]
    assert gaps == [pytest.approx(11, abs=0.5)]
    between = shapely.union_all([areas["thornhay"], areas["pellowby-cross"]])
    assert [len(part.interiors) for part in parts(between)] == [1]
    holes = {code: sum(len(p.interiors) for p in area.geoms) for code, area in areas.items()}
    assert {code for code, count in holes.items() if count} == {"nettlegate"}


def test_wq6_9pl_is_within_8_m_of_a_line_and_no_other_is_near_one():
    areas = outlines_m()
    lines = shapely.union_all([area.boundary for area in areas.values()])
    near = {
        str(postcode): round(lines.distance(metres(shapely.Point(postcode.lng, postcode.lat))), 1)
        for postcode in Postcode.objects.all()
    }
    close = {code: m for code, m in near.items() if m < 30}
    assert close == {"WQ6 9PL": close["WQ6 9PL"]}
    assert 0 < close["WQ6 9PL"] < 8


def test_every_place_has_postcodes_in_its_own_districts():
    most = {"harkstow": 420}  # half of them move with the set that waits
    load_demo(now=NOW)
    districts = {
        "lanterngate": {"WQ1"},
        "harkstow": {"WQ2"},
        "pellowby-cross": {"WQ5"},
        "brackmoor": {"WQ7"},
        "tarrow-dock": {"WQ3", "WQ1"},  # Quay Steps
        "fennimore": {"WQ4"},
        "nettlegate": {"WQ6"},
        "thornhay": {"WQ8"},
        "aberwennol": {"BV1"},
        "cwm-brithell": {"BV2"},
    }
    for place in PLACES:
        matches = PostcodeMatch.objects.filter(
            boundary__in=Boundary.objects.in_force(), boundary__neighbourhood__code=place
        )
        codes = list(matches.values_list("postcode", flat=True))
        assert 25 <= len(codes) <= most.get(place, 60), place
        assert {code[:-3] for code in codes} == districts[place]


# Everything is invented ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["casterwell.toml", "brithell.toml"])
def test_every_number_address_and_postcode_is_of_an_invented_set(name):
    text = (CONTENT / name).read_text()

    assert {mail.rpartition("@")[2] for mail in EMAIL.findall(text)} == {"example.org"}
    assert all(host.endswith(".example.org") for host in WEB.findall(text))
    numbers = TELEPHONE.findall(text)
    assert numbers
    assert [number for number in numbers if not DRAMA.fullmatch(number)] == []
    told = {code for code in POSTCODE.findall(text) if code not in ANSWERS}
    assert {code[:2] for code in told} <= {"WQ", "BV"}


@pytest.mark.parametrize("name", ["casterwell-say.toml", "brithell-say.toml"])
def test_what_residents_say_names_no_number_and_no_real_address(name):
    text = (CONTENT / name).read_text()

    assert {mail.rpartition("@")[2] for mail in EMAIL.findall(text)} == {"example.org"}
    assert WEB.findall(text) == TELEPHONE.findall(text) == []
    assert set(POSTCODE.findall(text)) <= {"WQ25HD", "WQ25UU"}


def test_every_stored_contact_and_postcode_is_of_an_invented_set():
    load_demo(now=NOW)

    assert {code[:2] for code in Postcode.objects.values_list("code", flat=True)} == {"WQ", "BV"}
    short = {"101", "999"}
    for model, field in [
        ("teams.ContactRoute", "value"),
        ("neighbourhoods.Signpost", "telephone"),
        ("neighbourhoods.Force", "telephone"),
    ]:
        for value in apps.get_model(model).objects.values_list(field, flat=True):
            numbers = TELEPHONE.findall(value)
            assert all(DRAMA.fullmatch(number) for number in numbers), value
            assert not value.isdigit() or value in short
    assert all(user.email == f"{user.username}@example.org" for user in User.objects.all())


def test_the_cast_is_who_it_should_be():
    load_demo(now=NOW)

    assert {member.title for member in Member.objects.all()} == OTHERS.union(*TEAMS.values())
    assert not {member.name.split()[-1] for member in Member.objects.all()} & NOT_YET
    assert Posting.objects.filter(lead=True).values("neighbourhood").distinct().count() == 10


# Offsets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("D", "2026-05-14"),
        ("D-24", "2026-04-20"),
        ("D+5", "2026-05-19"),
        ("D-3y2m", "2023-03-14"),
        ("D-2m", "2026-03-14"),
        ("D-1y", "2025-05-14"),
        ("D+40", "2026-06-23"),
        ("D-1m3", "2026-04-11"),
    ],
)
def test_day(text, on):
    assert day(text, now=NOW).isoformat() == on


def test_day_of_a_shorter_month_is_its_last():
    assert day("D-1y", now=datetime(2028, 2, 29, 12, tzinfo=UTC)).isoformat() == "2027-02-28"
    assert day("D-1m", now=datetime(2026, 3, 31, 12, tzinfo=UTC)).isoformat() == "2026-02-28"


def test_day_is_londons():
    assert day("D", now=datetime(2026, 6, 30, 23, 30, tzinfo=UTC)).isoformat() == "2026-07-01"


def test_instant_is_on_londons_clock():
    assert instant("D-2 16:40", now=NOW) == datetime(2026, 5, 12, 15, 40, tzinfo=UTC)
    winter = datetime(2026, 1, 5, tzinfo=UTC)
    assert instant("D-2 16:40", now=winter) == datetime(2026, 1, 3, 16, 40, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "2026-05-14", "D-", "D-2 noon", "E-4", "D-3d"])
def test_what_is_no_offset_is_named(text):
    with pytest.raises(NoOffset, match=re.escape(repr(text))):
        day(text, now=NOW)


def test_an_instant_needs_a_time():
    with pytest.raises(NoOffset, match="'D-2' lacks a time"):
        instant("D-2", now=NOW)


# What the tests read with ----------------------------------------------------------------------


def everything() -> dict[str, list[str]]:
    """Every row of the portal's own apps as text, keys left out, in an order of its own."""
    models = [*apps.get_app_config("neighbourhoods").get_models()]
    for app in ("teams", "priorities", "feedback", "reports"):
        models += apps.get_app_config(app).get_models()
    return {
        model.__name__: sorted(
            REFERENCE.sub("[[member]]", str(said(row)))
            for row in model._base_manager.select_related(*related(model))
        )
        for model in models
    }


def related(model: type[Model], *, deep: int = 2) -> list[str]:
    """The look-ups of the rows that ``said`` follows."""
    fields = [field for field in model._meta.concrete_fields if field.is_relation]
    further = [
        f"{field.name}__{name}"
        for field in fields
        if deep > 1
        for name in related(field.related_model, deep=deep - 1)
    ]
    return [*(field.name for field in fields), *further]


def said(row: Model, *, deep: int = 2) -> dict[str, object]:
    """The row's own fields, and those of the rows it points at, without keys and random salts."""
    fields = {}
    for field in row._meta.concrete_fields:
        if field.name in NEW_EACH_TIME and not isinstance(row, Force):
            continue
        further = field.is_relation and getattr(row, field.attname) is not None
        value = "…" if further and not deep else getattr(row, field.name)
        if isinstance(value, Model):
            value = said(value, deep=deep - 1)
        fields[field.name] = bytes(value).hex() if isinstance(value, memoryview) else value
    return fields


def outlines_m() -> dict[str, shapely.MultiPolygon]:
    """The outlines in force by place, in metres of a local equal-area plane."""
    load_demo(now=NOW)
    rows = Boundary.objects.in_force().select_related("neighbourhood")
    return {row.neighbourhood.code: metres(area_from_stored(row.geometry)) for row in rows}


def metres(shape: shapely.Geometry) -> shapely.Geometry:
    """Degrees near 52.27 north as metres, good to a few parts in a thousand."""
    return scale(shape, 68_120, 111_260, origin=(0, 0))


def hectares(shape: shapely.Geometry) -> float:
    return shape.area / 10_000


def parts(shape: shapely.Geometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
