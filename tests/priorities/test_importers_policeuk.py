"""A whole force from saved answers of the data.police.uk API. All of it is invented."""

import json
import math
from datetime import date
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from neighbourhoods.geometry import Point
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import Boundary, Force, ImportRun, Neighbourhood, Place
from neighbourhoods.queries import locate_at
from priorities.importers.policeuk import import_policeuk
from priorities.importers.policeuk.answers import BadAnswer, text_of
from priorities.importers.policeuk.people import read_person, read_rank
from priorities.importers.policeuk.say import read_issue
from priorities.models import Priority, PriorityUpdate
from teams.models import ContactRoute, Event, Member, NamedContact, Posting
from teams.queries import named_officer, senior_officers, team_on

ON = date(2031, 3, 4)
HERE = Point(52.05, -0.95)
SQUARE = [(52.0, -1.0), (52.1, -1.0), (52.1, -0.9), (52.0, -0.9), (52.0, -1.0)]
ROUTES = {"email": "harkstow@example.org", "telephone": "01632 960 001"}
PEOPLE = [
    {"name": "Ana Verrick", "rank": "PC", "bio": "<p>Here since 2029.</p>", "contact_details": {}},
    {
        "name": "Imran Dalvari",
        "rank": None,
        "bio": None,
        "contact_details": {"email": "imran@example.org", "twitter": "harkstowpolice"},
    },
    {"name": "Dee Ferncastle", "rank": "PCSO", "bio": "", "contact_details": {}},
]
PEOPLE[1]["rank"] = "Special Constable"
ISSUES = [
    {
        "issue": "<p>Speeding in Mill Lane</p>",
        "issue-date": f"2030-0{month}-01T00:00:00",
        "action": f"<p>Watched {month} times &amp; talked.</p>",
        "action-date": f"2030-0{month}-20T00:00:00",
    }
    for month in (1, 2, 3, 4)
]
STATION = {
    "name": "Harkstow Police Station",
    "type": "station",
    "description": "<p>Ramp at the side.</p>",
    "address": "1 Mill Lane, Harkstow",
    "postcode": "WQ10 1AA",
    "telephone": "101",
    "latitude": "52.05",
    "longitude": "-0.95",
}
MEETING = {
    "title": "Coffee with the team",
    "type": "meeting",
    "description": None,
    "address": "Harkstow Library",
    "start_date": "2031-07-01T18:00:00",
    "end_date": "2031-07-01T19:30:00",
    "contact_details": {},
}


def answers() -> dict[str, object]:
    """The answers of a small force, by API path."""
    return {
        "forces/casterwell": {
            "id": "casterwell",
            "name": "Casterwell Police",
            "description": None,
            "url": "http://casterwell.example.org/",
            "telephone": "101",
            "engagement_methods": [],
        },
        "forces/casterwell/people": [
            {
                "name": "Helena Strandwick",
                "rank": "Chief Constable",
                "bio": "",
                "contact_details": {},
            }
        ],
        "casterwell/neighbourhoods": [
            {"id": "CW 01", "name": "Harkstow &amp; Mill"},
            {"id": "CW02", "name": "Fennimore"},
        ],
        "casterwell/CW 01": {
            "id": "CW 01",
            "name": "Harkstow &amp; Mill",
            "description": "<p>Old streets.</p><p>And new ones.</p>",
            "population": "4210",
            "contact_details": ROUTES,
            "links": [],
            "locations": [STATION],
        },
        "casterwell/CW 01/boundary": [
            {"latitude": str(lat), "longitude": str(lng)} for lat, lng in SQUARE
        ],
        "casterwell/CW 01/people": PEOPLE,
        "casterwell/CW 01/priorities": ISSUES[1:],
        "casterwell/CW 01/events": [MEETING],
    }


def saved(folder: Path, content: dict[str, object]) -> Path:
    for api_path, answer in content.items():
        path = folder / f"{api_path}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(answer))
    return folder


def loaded(folder: Path, content: dict[str, object], **options):
    return import_policeuk(saved(folder, content), force_id="casterwell", on=ON, **options)


def place(code: str = "CW 01") -> Neighbourhood:
    return Neighbourhood.objects.get(code=code)


@pytest.mark.django_db
class TestWholeForce:
    def test_the_force_and_its_places(self, tmp_path):
        report = loaded(tmp_path, answers())

        force = Force.objects.get()
        assert (force.pk, force.name, force.url) == (
            "casterwell",
            "Casterwell Police",
            "https://casterwell.example.org/",
        )
        assert list(force.neighbourhoods.values_list("code", "name", "population")) == [
            ("CW02", "Fennimore", None),
            ("CW 01", "Harkstow & Mill", 4210),
        ]
        assert place().description == "Old streets.\nAnd new ones."
        assert [found.code for found in locate_at(HERE).neighbourhoods] == ["CW 01"]
        assert dict(report.counts) == {"read": 9, "kept": 9}
        assert ImportRun.objects.filter(command="import_policeuk", force=force).count() == 1

    def test_the_team_with_the_only_police_officer_named(self, tmp_path):
        report = loaded(tmp_path, answers())

        assert [entry.member.title for entry in team_on(place(), ON)] == [
            "PC Ana Verrick",
            "PCSO Dee Ferncastle",
            "SC Imran Dalvari",
        ]
        officer = named_officer(place(), ON)
        assert (officer.member.title, officer.since) == ("PC Ana Verrick", ON)
        assert [(r.kind, r.value) for r in officer.team_routes] == list(ROUTES.items())
        assert Member.objects.get(name="Ana Verrick").bio == "Here since 2029."
        assert [str(e.member) for e in senior_officers(place().force, ON)] == [
            "CC Helena Strandwick"
        ]
        assert "CW02: no named officer yet" in "\n".join(report.notes)

    def test_priorities_with_what_was_done_and_events_in_londons_time(self, tmp_path):
        loaded(tmp_path, answers())

        assert list(
            place().priorities.live().values_list("place", "title", "adopted_on", "updates__text")
        ) == [
            (n, "Speeding in Mill Lane", date(2030, 5 - n, 1), f"Watched {5 - n} times & talked.")
            for n in (1, 2, 3)
        ]
        event = Event.objects.get()
        assert (event.title, event.place, event.kind) == (
            "Coffee with the team",
            "Harkstow Library",
            Event.Kind.BEAT_MEETING,
        )
        assert event.starts_at.isoformat() == "2031-07-01T17:00:00+00:00"  # summer time

    def test_places_where_residents_meet_their_police(self, tmp_path):
        content = answers()
        elsewhere = {"name": None, "address": "Bus, Fridays", "latitude": "aaa", "type": None}
        far = {"name": "Far", "address": "Far away", "latitude": "0", "longitude": "0"}
        content["casterwell/CW02"] = {"locations": [STATION, elsewhere, far]}
        loaded(tmp_path, content)

        assert list(
            place("CW02").places.values_list("name", "kind", "access", "lat").order_by("name")
        ) == [
            ("Bus, Fridays", "CONTACT_POINT", "", None),
            ("Far", "CONTACT_POINT", "", None),
            ("Harkstow Police Station", "STATION", "Ramp at the side.", 52.05),
        ]
        assert [found.name for found in place().places.all()] == ["Harkstow Police Station"]

    def test_run_twice_the_same_rows(self, tmp_path):
        models = (
            Member,
            Posting,
            NamedContact,
            ContactRoute,
            Priority,
            PriorityUpdate,
            Event,
            Place,
        )

        loaded(tmp_path, answers())
        before = [list(model.objects.order_by("pk").values()) for model in models]
        loaded(tmp_path, answers())

        assert [list(model.objects.order_by("pk").values()) for model in models] == before
        assert Force.objects.get().boundary_sets.count() == 1

    def test_of_more_than_three_priorities_the_newest_load(self, tmp_path):
        report = loaded(tmp_path, {**answers(), "casterwell/CW 01/priorities": ISSUES})

        assert sorted(Priority.objects.values_list("adopted_on__month", flat=True)) == [2, 3, 4]
        assert (
            "casterwell/CW 01/priorities.json: only three can be live, left out,"
            " 'Speeding in Mill Lane'" in report.notes
        )

    def test_new_outlines_stay_dark_where_some_are_in_force(self, tmp_path):
        loaded(tmp_path, answers())
        moved = answers()
        moved["casterwell/CW02/boundary"] = moved.pop("casterwell/CW 01/boundary")
        (tmp_path / "casterwell/CW 01/boundary.json").unlink()
        saved(tmp_path, moved)

        import_policeuk(tmp_path, force_id="casterwell", on=date(2031, 4, 1))
        assert [found.code for found in locate_at(HERE).neighbourhoods] == ["CW 01"]
        import_policeuk(tmp_path, force_id="casterwell", on=date(2031, 4, 1), activate=True)
        assert [found.code for found in locate_at(HERE).neighbourhoods] == ["CW02"]

    def test_what_the_portal_does_not_keep_is_said(self, tmp_path):
        content = answers()
        content["forces/casterwell"]["engagement_methods"] = [{"type": "twitter", "url": "x"}]
        content["casterwell/CW 01"]["contact_details"] = {**ROUTES, "fax": "01632 960 002"}
        del content["casterwell/CW 01/boundary"]

        notes = "\n".join(loaded(tmp_path, content).notes)

        assert "Engagement methods of the force are not kept" in notes
        assert "casterwell/CW 01.json: not kept of contact_details: fax" in notes
        assert "No outlines in the answers." in notes

    def test_ours_export_the_same_back(self, tmp_path, client):
        content = answers()
        saved(tmp_path, content)
        # The API shows today's team, so the posts have to have begun.
        import_policeuk(tmp_path, force_id="casterwell", on=date(2026, 1, 5))

        detail = client.get("/api/casterwell/CW 01").json()
        assert detail["name"] == "Harkstow & Mill"
        assert detail["population"] == "4210"
        assert detail["contact_details"] == ROUTES
        [location] = detail["locations"]
        html = {**STATION, "description": "Ramp at the side."}
        assert {key: location[key] for key in STATION} == html
        boundary = client.get("/api/casterwell/CW 01/boundary").json()
        assert {(p["latitude"], p["longitude"]) for p in boundary} == {
            (p["latitude"], p["longitude"]) for p in content["casterwell/CW 01/boundary"]
        }
        people = client.get("/api/casterwell/CW 01/people").json()
        assert {(p["name"], p["bio"]) for p in people} == {
            (p["name"], p["bio"] or "") for p in PEOPLE
        }
        exported = client.get("/api/casterwell/CW 01/priorities").json()
        keys = ("issue", "issue-date", "action-date")
        assert [[p[key] for key in keys] for p in exported] == [
            [issue[key] for key in keys] for issue in reversed(ISSUES[1:])
        ]
        assert exported[0]["action"] == ISSUES[3]["action"]


@pytest.mark.django_db
class TestBadAnswers:
    @pytest.mark.parametrize(
        ("api_path", "answer", "said"),
        [
            (
                "casterwell/CW 01/people",
                [{"name": "X", "rank": "Wizard"}],
                "casterwell/CW 01/people.json:1: rank is none that is known, 'Wizard'",
            ),
            (
                "casterwell/CW 01/people",
                [{"name": "", "rank": "PC"}],
                "casterwell/CW 01/people.json:1: a name needs 1 to 150 characters, ''",
            ),
            (
                "casterwell/CW 01/priorities",
                [{"issue": " ", "issue-date": "2030-01-01T00:00:00"}],
                "casterwell/CW 01/priorities.json:1: a priority without words, ''",
            ),
            (
                "casterwell/CW 01/priorities",
                [{"issue": "Noise", "issue-date": None}],
                "casterwell/CW 01/priorities.json:1: a priority without a day, 'Noise'",
            ),
            (
                "casterwell/CW 01/priorities",
                [{"issue": "Noise", "issue-date": "soon"}],
                "casterwell/CW 01/priorities.json:1: issue-date is not a time like"
                " 2031-03-04T18:30:00, 'soon'",
            ),
            (
                "casterwell/CW 01/events",
                [{**MEETING, "address": ""}],
                "casterwell/CW 01/events.json:1: an event needs a title and an address,"
                " 'Coffee with the team', ''",
            ),
            (
                "casterwell/CW 01/events",
                [{**MEETING, "end_date": MEETING["start_date"]}],
                "casterwell/CW 01/events.json:1: an event needs a start and a later end,"
                " 2031-07-01 18:00:00, 2031-07-01 18:00:00",
            ),
            (
                "casterwell/CW 01",
                {"contact_details": ["x"]},
                "casterwell/CW 01.json: contact_details is not an object, \"['x']\"",
            ),
            (
                "casterwell/CW 01",
                {"locations": "x"},
                "casterwell/CW 01.json: locations is not a list of objects, 'x'",
            ),
            (
                "casterwell/CW 01",
                {"locations": [{"name": "Nowhere"}]},
                "casterwell/CW 01.json:1: address of a location needs up to 200 characters, ''",
            ),
            (
                "casterwell/CW 01",
                {"description": {"en": "x"}},
                "casterwell/CW 01.json: description is not a text, \"{'en': 'x'}\"",
            ),
            (
                "casterwell/CW 01/boundary",
                [{"latitude": "north", "longitude": "-1"}],
                "casterwell/CW 01/boundary.json: not an outline,"
                " ValueError(\"could not convert string to float: 'north'\")",
            ),
            (
                "casterwell/neighbourhoods",
                [{"id": "../secret", "name": "Out"}],
                "casterwell/neighbourhoods.json: no id, '../secret'",
            ),
        ],
    )
    def test_one_bad_entry_is_named_and_left_out(self, tmp_path, api_path, answer, said):
        report = loaded(tmp_path, {**answers(), api_path: answer})

        assert report.rejects == [said]

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("forces/casterwell.json", "<html>", "forces/casterwell.json: not JSON"),
            ("casterwell/neighbourhoods.json", "{}", "a list of objects expected, '{}'"),
            ("casterwell/CW 01/people.json", "[1]", "a list of objects expected, '[1]'"),
            ("casterwell/CW 01.json", "[]", "casterwell/CW 01.json: an object expected"),
        ],
    )
    def test_an_answer_of_another_shape_changes_nothing(self, tmp_path, name, content, said):
        saved(tmp_path, answers())
        (tmp_path / name).write_text(content)

        with pytest.raises(UnusableFile) as caught:
            import_policeuk(tmp_path, force_id="casterwell", on=ON)
        assert said in str(caught.value)
        assert not Force.objects.exists()

    def test_a_crossing_outline_is_repaired_and_said(self, tmp_path):
        bowtie = [(52.0, -1.0), (52.1, -0.9), (52.1, -1.0), (52.0, -0.9), (52.0, -1.0)]
        ring = [{"latitude": str(lat), "longitude": str(lng)} for lat, lng in bowtie]

        report = loaded(tmp_path, {**answers(), "casterwell/CW 01/boundary": ring})

        assert (
            "casterwell/CW 01/boundary.json: crosses or overlaps itself, repaired" in report.notes
        )

    def test_a_tangled_outline_is_refused_before_it_is_mended(self, tmp_path):
        turns = [math.tau * at * 100 / 201 for at in range(202)]  # a star: its lines all cross
        star = [(52.05 + math.sin(turn) / 20, -0.95 + math.cos(turn) / 20) for turn in turns]
        ring = [{"latitude": str(lat), "longitude": str(lng)} for lat, lng in star]

        report = loaded(tmp_path, {**answers(), "casterwell/CW 01/boundary": ring})

        [reject] = report.rejects
        assert reject.startswith("casterwell/CW 01/boundary.json: crosses itself over 3,000 times")

    def test_no_switch_takes_a_place_away_whose_outline_was_refused(self, tmp_path):
        content = answers()
        content["casterwell/CW02/boundary"] = content["casterwell/CW 01/boundary"]
        loaded(tmp_path, content)
        before = content["casterwell/CW 01/boundary"]
        saved(tmp_path, {**content, "casterwell/CW 01/boundary": before[:2]})
        again = partial(import_policeuk, tmp_path, force_id="casterwell", on=date(2031, 4, 1))

        dark = again()
        assert dark.rejects == [
            "casterwell/CW 01/boundary.json: a ring needs 3 different points, it has 2"
        ]
        assert any(note.startswith("WARNING: drawn until now and") for note in dark.notes)
        with pytest.raises(UnusableFile, match="drawn until now and refused here: CW 01"):
            again(activate=True)
        assert Boundary.objects.in_force().filter(neighbourhood__code="CW 01").exists()
        again(activate=True, despite_refused=True)
        assert not Boundary.objects.in_force().filter(neighbourhood__code="CW 01").exists()


@pytest.mark.django_db
class TestCommand:
    def test_it_loads_and_says_so(self, tmp_path):
        out = StringIO()

        call_command("import_policeuk", "casterwell", str(saved(tmp_path, answers())), stdout=out)

        assert out.getvalue().splitlines()[-1].startswith("read 9 · kept 9 · ")
        assert Force.objects.exists()

    def test_a_rehearsal_changes_nothing(self, tmp_path):
        out = StringIO()
        folder = str(saved(tmp_path, answers()))

        call_command("import_policeuk", "casterwell", folder, "--dry-run", stdout=out)

        assert "Dry run: nothing was changed." in out.getvalue()
        assert not Force.objects.exists()

    def test_a_folder_without_the_force_is_named(self, tmp_path):
        with pytest.raises(CommandError, match=r"casterwell\.json: cannot be read"):
            call_command("import_policeuk", "casterwell", str(tmp_path))

    def test_a_force_that_cannot_be_is_refused(self, tmp_path):
        content = answers()
        content["forces/casterwell"]["url"] = "javascript:alert(1)"

        with pytest.raises(CommandError, match="not a web address"):
            call_command("import_policeuk", "casterwell", str(saved(tmp_path, content)))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One&nbsp;&amp; two</p><p>three<br>four</p>", "One & two\nthree\nfour"),
        ("<ul><li>a</li><li>b</li></ul>tail", "a\nb\ntail"),
        ("<script>alert(1)</script>safe<style>p{}</style>", "safe"),
        ("plain  text", "plain text"),
        ("nul\0 and\x1b half \ud800 a letter", "nul and half a letter"),
        ("<!-- only a comment -->", ""),
        ("", ""),
    ],
)
def test_html_becomes_plain_text(html, text):
    assert text_of({"x": html}, "x") == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("PC", ("police_officer", "constable", False)),
        ("Sgt.", ("police_officer", "sergeant", False)),
        ("Temp Sergeant", ("police_officer", "sergeant", True)),
        ("A/Inspector", ("police_officer", "inspector", True)),
        ("PCSO", ("pcso", "", False)),
    ],
)
def test_ranks_as_forces_write_them(written, read):
    assert read_rank(written) == read


def test_a_long_issue_keeps_its_words():
    line = "Cars racing past the school " * 6
    issue = read_issue({"issue": line, "issue-date": "2030-01-01T00:00:00"})

    assert issue.title.endswith(" the school Cars…")
    assert len(issue.title) <= 120
    assert (issue.why, issue.action, issue.acted_on) == (line.strip(), "", None)
    unbroken = read_issue({"issue": "x" * 200, "issue-date": "2030-01-01T00:00:00"})
    assert unbroken.title == "x" * 119 + "…"


@pytest.mark.django_db
def test_an_issue_that_nothing_was_done_about_has_no_update(tmp_path):
    issue = {"issue": "Noise", "issue-date": "2030-01-01T00:00:00", "action": None}
    loaded(tmp_path, {**answers(), "casterwell/CW 01/priorities": [issue]})

    assert list(Priority.objects.values_list("title", "updates")) == [("Noise", None)]


def test_a_rank_before_the_name():
    person = read_person({"name": "Police Sergeant Imran Dalvari", "contact_details": {}})

    assert (person.name, person.rank) == ("Imran Dalvari", "sergeant")
    with pytest.raises(BadAnswer):
        read_person({"name": "Imran Dalvari"})


def test_ways_that_lead_nowhere_are_left_out():
    details = {"email": "no address", "web": "javascript:x", "address": "x" * 300, "mobile": "1"}

    assert read_person({"name": "A", "rank": "PC", "contact_details": details}).routes == {
        "mobile": "1"
    }
