import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.models import BoundarySet, Force, ImportRun, Neighbourhood, Postcode
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[1] / "data"
KML, ONSPD = DATA / "kml", DATA / "onspd" / "onspd_2025.csv"
SIGNPOSTS = DATA / "signposts"


def run(*arguments: object, **options: object) -> list[str]:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out, **options)
    return out.getvalue().splitlines()


def refusal(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value)


@pytest.fixture
def force():
    return ForceFactory(id="casterwell", name="Casterwell Police")


def test_import_force_creates_and_changes():
    assert run("import_force", "casterwell", "--name", "Casterwell Police") == [
        "Created casterwell, Casterwell Police."
    ]
    assert run("import_force", "casterwell", "--name", "Heddlu", "--welsh") == [
        "Changed casterwell, Heddlu."
    ]
    assert Force.objects.get().welsh


def test_import_force_takes_what_residents_reach_it_by():
    run(
        *("import_force", "casterwell", "--name", "Casterwell Police"),
        *("--name-cy", "Heddlu Casterwell", "--url", "https://casterwell.example.org/"),
        *("--report-url", "https://casterwell.example.org/report", "--telephone", "01632 960 001"),
    )

    assert Force.objects.values_list("name_cy", "url", "report_url", "telephone").get() == (
        "Heddlu Casterwell",
        "https://casterwell.example.org/",
        "https://casterwell.example.org/report",
        "01632 960 001",
    )


def test_import_force_names_every_bad_value():
    assert refusal(
        *("import_force", "Caster Well", "--name", ""),
        *("--url", "casterwell.example.org", "--report-url", "http://casterwell.example.org/"),
        *("--telephone", "ring"),
    ).splitlines() == [
        "url 'casterwell.example.org': not a web address that begins with https://",
        "report-url 'http://casterwell.example.org/': not a web address that begins with https://",
        "telephone 'ring': not a telephone number like 01632 960 001",
        "id 'Caster Well': A force id is lower-case letters, digits and hyphens, "
        "like 'west-midlands'.",
        "name '': This field cannot be blank.",
    ]
    assert Force.objects.count() == 0


def test_import_signposts(force):
    lines = run("import_signposts", "casterwell", SIGNPOSTS / "good.csv")

    assert lines == ["read 3 · kept 3 · replaced 0 · rejected 0 · no coordinates 0 · outside 0"]
    assert list(force.signposts.values_list("matter", flat=True)) == [
        "Noise at night",
        "Street lamps",
        "Abandoned cars",
    ]
    assert len(ImportRun.objects.get().sha256) == 64


AREAS = "code,name,neighbourhoods\nnorth,North,N1\n"


def test_import_areas_from_a_day_on(force, tmp_path):
    place, path = NeighbourhoodFactory(force=force, code="N1"), tmp_path / "areas.csv"
    path.write_text(AREAS)
    today = london_date(timezone.now())

    lines = run("import_areas", "casterwell", path, "--valid-from", today + timedelta(days=1))

    place.refresh_from_db()
    assert lines[:-1] == [
        "New area: north, North.",
        f"1 neighbourhoods change their area on {today + timedelta(days=1)}.",
    ]
    assert place.area is None
    assert force.areas.get().began_on == today + timedelta(days=1)


def test_import_areas_can_be_rehearsed(force, tmp_path):
    place, path = NeighbourhoodFactory(force=force, code="N1"), tmp_path / "areas.csv"
    path.write_text(AREAS)

    lines = run("import_areas", "casterwell", path, "--dry-run")

    assert lines[-2:] == [
        "Dry run: nothing was changed.",
        "read 1 · kept 1 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    assert (force.areas.count(), ImportRun.objects.count()) == (0, 0)
    run("import_areas", "casterwell", path)
    place.refresh_from_db()
    assert place.area == force.areas.get()


def test_import_signposts_reads_a_file_that_a_spreadsheet_saved(force, tmp_path):
    path = tmp_path / "signposts.csv"
    text = (SIGNPOSTS / "english.csv").read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(f"\ufeff{text}".encode())

    run("import_signposts", "casterwell", path)

    assert force.signposts.get().matter == "Street lamps"


def test_import_signposts_says_what_is_wrong(force, tmp_path):
    latin = tmp_path / "latin.csv"
    latin.write_bytes("matter,Sŵn".encode("iso-8859-14"))

    assert [
        refusal("import_signposts", "brithell", SIGNPOSTS / "good.csv"),
        refusal("import_signposts", "casterwell", tmp_path / "none.csv"),
        refusal("import_signposts", "casterwell", latin),
        refusal("import_signposts", "casterwell", SIGNPOSTS / "wrong_header.csv"),
    ] == [
        "There is no force 'brithell': import_force makes one.",
        f"{tmp_path / 'none.csv'}: No such file or directory",
        "latin.csv: not UTF-8 at byte 8",
        "wrong_header.csv: the header lacks advice, telephone; "
        "it has ['matter', 'body', 'url', 'reviewed_on']",
    ]


def test_import_boundaries_loads_a_dark_set_from_today(force):
    lines = run("import_boundaries", "casterwell", KML, "--names", KML / "neighbourhoods.json")

    force.refresh_from_db()
    assert lines == [
        "Named, but without an outline: undrawn.",
        "0 postcodes lie in these boundaries.",
        "read 3 · kept 3 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    assert force.boundary_set is None
    assert force.boundary_sets.get().valid_from == london_date(timezone.now())
    assert list(Neighbourhood.objects.values_list("name", flat=True)) == [
        "Harkstow",
        "Lanterngate & Quay",
        "Tarrow Dock",
    ]


def test_import_boundaries_switches_on_request(force):
    run("import_boundaries", "casterwell", KML, "--valid-from", "2031-03-04", "--activate")

    force.refresh_from_db()
    assert force.boundary_set.valid_from == date(2031, 3, 4)


def test_import_boundaries_dates_a_dark_set_after_one_that_came_into_force_today(force):
    run("import_boundaries", "casterwell", KML, "--activate")

    run("import_boundaries", "casterwell", KML / "harkstow.kml")

    today = london_date(timezone.now())
    assert list(force.boundary_sets.values_list("valid_from", flat=True)) == [
        today + timedelta(days=1),
        today,
    ]


def test_import_boundaries_changes_nothing_in_a_dry_run(force):
    lines = run("import_boundaries", "casterwell", KML, "--activate", "--dry-run")

    assert lines[-2:] == [
        "Dry run: nothing was changed.",
        "read 3 · kept 3 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    assert (Neighbourhood.objects.count(), BoundarySet.objects.count()) == (0, 0)


def test_import_boundaries_names_every_bad_file_and_changes_nothing(force, tmp_path):
    for name in ("one.kml", "two.kml"):
        (tmp_path / name).write_text("<kml/>")

    assert refusal("import_boundaries", "casterwell", tmp_path) == (
        "one.kml: no polygon\ntwo.kml: no polygon\nNothing was changed."
    )
    assert (Neighbourhood.objects.count(), BoundarySet.objects.count()) == (0, 0)


def test_import_boundaries_takes_no_team_away_by_a_slip_in_a_file(force, tmp_path):
    for name in ("N1.kml", "N2.kml"):
        (tmp_path / name).write_bytes((KML / "lanterngate.kml").read_bytes())
    run("import_boundaries", "casterwell", tmp_path, "--activate")
    (tmp_path / "N2.kml").write_text("<kml/>")
    warning = (
        "WARNING: drawn until now and refused here: N2. In force, this set leaves their "
        "residents without a team; mend the files, or say --despite-refused."
    )
    tomorrow = ("--valid-from", london_date(timezone.now()) + timedelta(days=1))

    blocked = refusal("import_boundaries", "casterwell", tmp_path, "--activate", *tomorrow)
    dark = run("import_boundaries", "casterwell", tmp_path, *tomorrow)
    meant = run("import_boundaries", "casterwell", tmp_path, "--activate", "--despite-refused")

    assert blocked == f"N2.kml: no polygon\n{warning}\nNothing was changed."
    assert dark == [
        "Without a name, shown by their id: N1.",
        "0 postcodes lie in these boundaries.",
        warning,
        "N2.kml: no polygon",
        "read 2 · kept 1 · replaced 0 · rejected 1 · no coordinates 0 · outside 0",
    ]
    assert warning in meant
    force.refresh_from_db()
    drawn = force.boundary_set.boundaries.values_list("neighbourhood__code", flat=True)
    assert list(drawn) == ["N1"]


def test_import_boundaries_needs_the_force():
    assert refusal("import_boundaries", "casterwell", KML) == (
        "There is no force 'casterwell'; create it with import_force."
    )


def test_import_postcodes_reads_several_files(tmp_path):
    second = tmp_path / "more.csv"
    second.write_text("pcds,lat,long\nWQ1 1AB,52.1,-0.9\n")

    lines = run("import_postcodes", ONSPD, second)

    assert lines == [
        "Read as ONSPD with the columns of 2025: 1 file(s).",
        "Read as NSPL or another list with degrees: 1 file(s).",
        "1 councils have no name yet; import_councils names them.",
        "read 7 · kept 7 · replaced 0 · rejected 0 · no coordinates 1 · outside 6",
    ]
    assert ImportRun.objects.get().source == "onspd_2025.csv, more.csv"


def test_import_postcodes_refuses_another_format_than_the_one_said():
    assert refusal("import_postcodes", ONSPD, "--format", "code-point-open") == (
        "onspd_2025.csv: not code-point-open, it looks like ONSPD with the columns of 2025\n"
        "Nothing was changed."
    )


def test_import_councils(tmp_path):
    path = tmp_path / "councils.csv"
    path.write_text("code,name\nE07000001,Casterwell Council\n")

    lines = run("import_councils", path)

    assert lines == ["read 1 · kept 1 · replaced 0 · rejected 0 · no coordinates 0 · outside 0"]
    assert refusal("import_councils", ONSPD) == (
        "onspd_2025.csv: the header lacks name; it has ['pcd7', 'pcd8', 'pcds', 'dointr', "
        "'doterm', 'cty25cd', 'code', 'east1m', 'north1m', 'lat', 'long', 'imd20ind', 'itl25cd', "
        "'oa01cd']"
    )
    assert len(ImportRun.objects.get().sha256) == 64


def test_import_postcodes_says_that_nothing_was_changed(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("pcds\n")

    assert refusal("import_postcodes", ONSPD, path) == (
        "bad.csv: the header lacks lat, long; it has pcds\nNothing was changed."
    )
    assert Postcode.objects.count() == 0


def test_import_postcodes_names_a_file_that_is_not_there(tmp_path):
    path = tmp_path / "gone.csv"

    assert refusal("import_postcodes", path) == (
        f"{path}: cannot be read, No such file or directory\nNothing was changed."
    )


def test_locate_answers_each_line_of_a_file(force, tmp_path):
    run("import_boundaries", "casterwell", KML, "--activate")
    run("import_postcodes", ONSPD)
    path = tmp_path / "typed.txt"
    path.write_text("\ufeffwq11aa\nWQ1 3QS\n\nWQ9 2LB \nWQ3 7TR\nWQ6 4ZZ\nWQI 1AA\nWQ2 5HD")

    assert run("locate", path) == [
        "postcode,answer,neighbourhoods",
        "WQ1 1AA,found,casterwell/lanterngate",
        "WQ1 3QS,several,casterwell/Tarrow Dock|casterwell/lanterngate",
        ",invalid,",
        "WQ9 2LB,outside,",
        "WQ3 7TR,terminated,casterwell/Tarrow Dock",
        "WQ6 4ZZ,unknown,",
        "WQI 1AA,invalid,",
        "WQ2 5HD,found,casterwell/harkstow",
    ]


def test_locate_reads_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("wq1 1aa\n"))

    assert run("locate") == ["postcode,answer,neighbourhoods", "WQ1 1AA,unknown,"]


def test_locate_names_a_file_that_is_not_there(tmp_path):
    path = tmp_path / "gone.txt"

    assert refusal("locate", path) == f"{path}: cannot be read, No such file or directory"
