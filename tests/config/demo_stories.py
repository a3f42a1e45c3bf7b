"""What has to be true of the demonstration at the moment it is loaded.

Read from the rows by code of its own: nothing here comes from the loader or its files.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from feedback.models import PostHandOver
from neighbourhoods.models import (
    Boundary,
    BoundarySet,
    Council,
    Force,
    Neighbourhood,
    PostcodeMatch,
    Signpost,
)
from neighbourhoods.queries import locate_postcodes
from neighbourhoods.queries.rehearsal import Move, rehearse
from priorities.models import Action
from reports.queries.coverage import postcodes_outside
from teams.models import ContactRoute, Cover, Member, NamedContact, Posting, RoleGrant
from tests.config.demo_safety import assert_hidden, assert_photos
from tests.config.demo_say import assert_say
from tests.config.demo_work import assert_updates

PLACES = {
    "lanterngate": ("Lanterngate and Old Quay", "Casterwell City", 7800),
    "harkstow": ("Harkstow Estate", "Casterwell City", 9100),
    "pellowby-cross": ("Pellowby Cross", "Moor and Vale", 9400),
    "brackmoor": ("Brackmoor Villages", "Moor and Vale", 3200),
    "tarrow-dock": ("Tarrow Dock", "Casterwell City", 6900),
    "fennimore": ("Fennimore and the University", "Casterwell City", 11200),
    "nettlegate": ("Nettlegate Rise", "Casterwell City", 4300),
    "thornhay": ("Thornhay Levels", "Moor and Vale", 5600),
    "aberwennol": ("Aberwennol (Swallowmouth)", "Brithell Coast", 8400),
    "cwm-brithell": ("Cwm Brithell (Brithell Valley)", "Brithell Coast", 6100),
}
ANSWERS = {
    "WQ1 1AA": ("found", ["lanterngate"]),
    "WQ2 5HD": ("found", ["harkstow"]),
    "wq25hd": ("found", ["harkstow"]),
    "WQI 1AA": ("invalid", []),
    "WQ1 3QS": ("several", ["lanterngate", "tarrow-dock"]),
    "WQ6 9PL": ("found", ["nettlegate"]),
    "WQ3 7TR": ("terminated", ["tarrow-dock"]),
    "WQ6 4ZZ": ("unknown", []),
    "WQ9 2LB": ("outside", []),
    "BV2 3DE": ("found", ["cwm-brithell"]),
    "QQ1 1AA": ("invalid", []),
}
COUNCILS = {
    "E07099001": "Casterwell City Council",
    "E07099002": "Moor and Vale District Council",
    "W06099001": "Cyngor Glannau Brithell",
}
COUNCIL_OF = {
    "lanterngate": "E07099001",
    "harkstow": "E07099001",
    "pellowby-cross": "E07099002",
    "brackmoor": "E07099002",
    "tarrow-dock": "E07099001",
    "fennimore": "E07099001",
    "nettlegate": "E07099001",
    "thornhay": "E07099002",
    "aberwennol": "W06099001",
    "cwm-brithell": "W06099001",
}
OUTSIDE = {"casterwell": ["WQ9 2LB"], "glannau-brithell": []}
NAMED = {
    "lanterngate": "PC Adaeze Umbrell",
    "harkstow": "PC Tamsin Quillow",
    "pellowby-cross": "PC Grace Winterlode",
    "brackmoor": "PCSO Elspeth Cairnlow",
    "tarrow-dock": "PC Zephyrine Oakcanary",
    "fennimore": None,
    "nettlegate": "PC Marek Sollowby",
    "thornhay": "PC Oliver Hartsedge",
    "aberwennol": "PC Carys Morwenlyn",
    "cwm-brithell": "PC Gethin Rhosbren",
}
# place → who, first and last day from D
COVERS = {
    "fennimore": ("PC Tom Rackstraw", -24, 32),
    "nettlegate": ("PC Yusuf Hallowmere", -5, 5),
    "lanterngate": ("PC Tom Rackstraw", -1, 1),
}
# account → the roles and what they are over, on D
ROLES = {
    "ruth.quillfeather": {("inspector", "Casterwell City")},
    "daniel.fenharrow": {("inspector", "Moor and Vale")},
    "nerys.talfryndal": {("inspector", "Brithell Coast")},
    "imran.dalvari": {("sergeant", "Harkstow Estate"), ("sergeant", "Nettlegate Rise")},
    "moira.stonequay": {
        ("sergeant", "Lanterngate and Old Quay"),
        ("sergeant", "Tarrow Dock"),
        ("sergeant", "Fennimore and the University"),
        ("sergeant", "Pellowby Cross"),
    },
    "kofi.tarnwick": {
        ("sergeant", "Fennimore and the University"),
        ("sergeant", "Pellowby Cross"),
    },
    "beth.arkenside": {("sergeant", "Brackmoor Villages"), ("sergeant", "Thornhay Levels")},
    "iwan.pennhesgin": {
        ("sergeant", "Aberwennol (Swallowmouth)"),
        ("sergeant", "Cwm Brithell (Brithell Valley)"),
    },
    "anwen.dole": {("officer_safety_lead", "Casterwell Police")},
    "dee.ferncastle": {("officer", "Harkstow Estate")},
    "owen.sparrowhall": {("force_administrator", "Casterwell Police")},
    "lowri.craigwennol": {("force_administrator", "Brithell Coast Police")},
}
TEAMS = {
    "lanterngate": {
        "Insp Ruth Quillfeather",
        "Sgt Moira Stonequay",
        "PC Adaeze Umbrell",
        "PC Tom Rackstraw",
        "PCSO Gurdeep Sandhollow",
        "SC Lena Voskerry",
        "Marcus Pellindrum",
    },
    "harkstow": {
        "Insp Ruth Quillfeather",
        "Sgt Imran Dalvari",
        "PC Tamsin Quillow",
        "PC Yusuf Hallowmere",
        "PCSO Dee Ferncastle",
        "PCSO Piotr Lindmarsh",
        "Ron",
        "Sharon Oakhangar",
    },
    "pellowby-cross": {"A/Insp Daniel Fenharrow", "Sgt Kofi Tarnwick", "PC Grace Winterlode"},
    "brackmoor": {
        "A/Insp Daniel Fenharrow",
        "A/Sgt Beth Arkenside",
        "PCSO Elspeth Cairnlow",
        "SC Bram Tillmoor",
    },
    "tarrow-dock": {
        "Insp Ruth Quillfeather",
        "Sgt Moira Stonequay",
        "PC Zephyrine Oakcanary",
        "PCSO Callum",
    },
    "fennimore": {"Insp Ruth Quillfeather", "Sgt Kofi Tarnwick", "PCSO Aisha Brookvane"},
    "nettlegate": {"Insp Ruth Quillfeather", "Sgt Imran Dalvari", "PC Marek Sollowby"},
    "thornhay": {
        "A/Insp Daniel Fenharrow",
        "A/Sgt Beth Arkenside",
        "PC Oliver Hartsedge",
        "Jo Reedmarsh",
    },
    "aberwennol": {
        "Insp Nerys Talfryndal",
        "Sgt Iwan Pennhesgin",
        "PC Carys Morwenlyn",
        "PCSO Dafydd Llwynbrith",
        "Idwal Traethmor",
    },
    "cwm-brithell": {
        "Insp Nerys Talfryndal",
        "Sgt Iwan Pennhesgin",
        "PC Gethin Rhosbren",
        "PCSO Mair Hafrendale",
        "Gwen",
    },
}


def assert_stories(now: datetime) -> None:
    """Every story stands in its stated state, for a demonstration loaded at ``now``."""
    today = now.astimezone(ZoneInfo("Europe/London")).date()
    assert_places()
    assert_postcodes()
    assert_councils()
    assert_redrawn(today)
    assert_teams(today)
    assert_named_contacts(today)
    assert_covers(today)
    assert_hand_over(today)
    assert_confirmed(today)
    assert_hidden(today)
    assert_photos(now)
    assert_roles(today)
    assert_updates(now, today)
    assert_contacts(today)
    assert_signposts(today)
    assert_say(now)


def assert_places() -> None:
    rows = Neighbourhood.objects.select_related("area")
    assert {n.code: (n.name, n.area.name, n.population) for n in rows} == PLACES
    assert all(n.description and n.description_cy for n in rows)
    forces = Force.objects.order_by("id").values_list("id", "name", "name_cy", "welsh")
    assert list(forces) == [
        ("casterwell", "Casterwell Police", "Heddlu Casterwell", False),
        ("glannau-brithell", "Brithell Coast Police", "Heddlu Glannau Brithell", True),
    ]


def assert_postcodes() -> None:
    located = zip(ANSWERS, locate_postcodes(list(ANSWERS)), strict=True)
    answers = {typed: (str(f.answer), [n.code for n in f.neighbourhoods]) for typed, f in located}
    assert answers == ANSWERS
    assert locate_postcodes(["WQI 1AA"])[0].suggestions == ["WQ1 1AA"]


def assert_councils() -> None:
    """Those that the places' postcodes lie in, and where nobody's boundary is the right force."""
    assert {c.code: c.name for c in Council.objects.all()} == COUNCILS
    for place, council in COUNCIL_OF.items():
        matches = PostcodeMatch.objects.filter(
            boundary__in=Boundary.objects.in_force(), boundary__neighbourhood__code=place
        )
        codes = matches.values_list("postcode__council_code", flat=True)
        assert set(codes) == {council}, place
    for force, outside in OUTSIDE.items():
        found = postcodes_outside(Force.objects.get(pk=force))
        assert [str(postcode) for postcode in found] == outside


def assert_redrawn(today: date) -> None:
    """The set that waits, and what its rehearsal says."""
    (dark,) = BoundarySet.objects.exclude(force__boundary_set=F("pk"))
    assert (dark.force_id, dark.valid_from) == ("casterwell", today + timedelta(30))
    said = rehearse(dark)
    assert (said.endings, said.beginning, said.rows) == ([], [], [])
    moved = [(move.before, move.after, move.count) for move in said.postcodes]
    assert moved == [("harkstow", "pellowby-cross", 212)]
    assert said.followers == [Move("harkstow", "pellowby-cross", 1)]
    (overlap,) = said.overlaps
    assert (overlap.codes, round(overlap.hectares)) == (("lanterngate", "tarrow-dock"), 3)
    assert [(round(gap.hectares), gap.postcodes) for gap in said.gaps] == [
        (21, []),  # the reservoir
        (11, ["WQ9 2LB"]),
    ]


def assert_teams(today: date) -> None:
    postings = Posting.objects.on(today).select_related("member", "neighbourhood")
    teams = {
        place: {
            p.member.title for p in postings if p.neighbourhood and p.neighbourhood.code == place
        }
        for place in PLACES
    }
    assert teams == TEAMS
    assert [p.member.title for p in postings if not p.neighbourhood] == ["ACC Helena Strandwick"]
    assert Posting.objects.get(member__name="Tamsin Quillow").from_on == months_before(today, 38)
    assert Posting.objects.get(member__name="Marek Sollowby").from_on == months_before(today, 8)


def assert_named_contacts(today: date) -> None:
    assert {place: named(place, today) for place in PLACES} == NAMED
    assert named("fennimore", today - timedelta(24)) is None
    assert named("fennimore", today - timedelta(25)) == "PC Lena Corbray"
    assert not Posting.objects.on(today).filter(member__name="Lena Corbray").exists()
    assert Posting.objects.on(today - timedelta(25)).filter(member__name="Lena Corbray").exists()


def assert_hand_over(today: date) -> None:
    """Of the four things PC Corbray left open, three are with PC Rackstraw and one waits."""
    rows = PostHandOver.objects.select_related("member", "action", "priority")
    assert {(str(r.priority or r.action), r.member.title, r.changed_on) for r in rows} == {
        (what, "PC Tom Rackstraw", today - timedelta(24))
        for what in (
            "Bike theft from the halls",
            "Mark bikes in the halls at the start of term",
            "Walk round the racks with the wardens of the halls",
        )
    }
    left = Action.objects.filter(priority__neighbourhood__code="fennimore", done_on=None)
    assert left.count() == 3


def assert_confirmed(today: date) -> None:
    """All but PC Hartsedge, whom nobody has confirmed for 46 days, are named to residents."""
    members = Member.objects.exclude(unconfirmed_from=None)
    assert members.exists()
    unconfirmed = members.filter(unconfirmed_from__lte=today)
    assert [str(member) for member in unconfirmed] == ["PC Oliver Hartsedge"]
    assert unconfirmed.get().unconfirmed_from == today - timedelta(4)


def named(place: str, on: date) -> str | None:
    """Who is the named contact on a day; the last row up to it says so."""
    rows = NamedContact.objects.filter(neighbourhood__code=place, from_on__lte=on)
    row = max(rows, key=lambda contact: contact.from_on)
    return row.posting and row.posting.member.title


def assert_covers(today: date) -> None:
    rows = Cover.objects.select_related("neighbourhood", "member")
    held = {
        c.neighbourhood.code: (c.member.title, (c.from_on - today).days, (c.to_on - today).days)
        for c in rows
    }
    assert held == COVERS
    assert Cover.objects.count() == len(COVERS)


def assert_roles(today: date) -> None:
    assert roles(today) == ROLES
    begun = roles(today - timedelta(7))
    assert begun["moira.stonequay"] == {
        ("sergeant", "Lanterngate and Old Quay"),
        ("sergeant", "Tarrow Dock"),
    }
    assert "beth.arkenside" not in begun
    assert "beth.arkenside" in roles(today - timedelta(6))
    assert "beth.arkenside" in roles(today + timedelta(8))
    assert "beth.arkenside" not in roles(today + timedelta(9))
    assert "daniel.fenharrow" in roles(today + timedelta(40))
    assert "daniel.fenharrow" not in roles(today + timedelta(41))


def roles(on: date) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for grant in RoleGrant.objects.on(on).select_related("user", "neighbourhood", "area", "force"):
        found.setdefault(grant.user.username, set()).add((grant.role, str(grant.scope)))
    return found


def assert_contacts(today: date) -> None:
    teams = ContactRoute.objects.filter(kind="telephone", neighbourhood__isnull=False)
    assert teams.count() == len(PLACES)
    stale = ContactRoute.objects.filter(verified_on__lt=today - timedelta(30))
    owners = {(r.member or r.neighbourhood).name for r in stale}
    assert owners == {"Oliver Hartsedge", "Thornhay Levels"}
    assert {r.verified_on for r in stale} == {today - timedelta(46)}
    reached = Member.objects.filter(contact_routes__isnull=False, role="police_officer")
    unreached = Member.objects.filter(role="police_officer").exclude(pk__in=reached)
    assert {m.name for m in unreached} == {"Helena Strandwick", "Lena Corbray"}


def assert_signposts(today: date) -> None:
    for force in Force.objects.all():
        lines = list(Signpost.objects.filter(force=force))
        assert [line.position for line in lines] == list(range(1, 11))
        assert all(line.matter_cy and line.body_cy and line.advice_cy for line in lines)
        assert all(line.reviewed_on < today for line in lines)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of a shorter month."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError(day)
