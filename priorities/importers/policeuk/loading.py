from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from neighbourhoods.importers.boundaries import Name, Reading
from neighbourhoods.importers.reporting import ImportReport
from neighbourhoods.models import Force, ImportRun, Neighbourhood
from neighbourhoods.services import load_boundaries, save_force
from priorities.importers.policeuk.answers import (
    BadAnswer,
    Folder,
    details_of,
    line_of,
    list_of,
    text_of,
)
from priorities.importers.policeuk.outlines import names_by_id, read_outlines
from priorities.importers.policeuk.people import (
    left_out,
    name_the_only_officer,
    read_person,
    read_routes,
    store_routes,
    store_team,
)
from priorities.importers.policeuk.places import read_location, store_locations
from priorities.importers.policeuk.say import (
    read_issue,
    read_meeting,
    store_issues,
    store_meetings,
)

COMMAND = "import_policeuk"
Track = Callable[[list], Iterable]
Item = TypeVar("Item")


@transaction.atomic
def import_policeuk(
    path: Path,
    *,
    force_id: str,
    on: date,
    activate: bool = False,
    despite_refused: bool = False,
    track: Track = iter,
) -> ImportReport:
    """Make a force, its neighbourhoods, outlines, teams, priorities and events from ``path``.

    What stands already stays: run again, the same rows. Outlines come into force where
    the force has none, or with ``activate``. An entry that cannot be taken is rejected
    under its answer's name and left out.

    Raises UnusableFile where the force or its list of neighbourhoods cannot be read, an
    answer is not JSON of its shape, or a switch would take a neighbourhood away whose outline
    was refused (unless ``despite_refused``); nothing is saved then.
    """
    folder, report = Folder(path, force_id), ImportReport()
    force = _force(folder, report)
    names = names_by_id(folder, report)
    reading = read_outlines(folder, list(names))
    begins = activate or force.boundary_set_id is None
    _load_outlines(
        reading,
        report,
        force=force,
        names=names,
        valid_from=on,
        activate_on=on if begins else None,
        despite_refused=despite_refused,
    )
    _name_the_rest(force, names)
    seniors = _taken(
        folder.senior_officers(), read_person, f"forces/{force_id}/people.json", report
    )
    store_team(seniors, force=force, neighbourhood=None, on=on)
    for place in track(list(force.neighbourhoods.filter(code__in=names))):
        _load_place(folder, place, on=on, report=report)
    force.neighbourhoods.all().raise_stamps()
    ImportRun.objects.create(
        command=COMMAND, force=force, source=path.name[:200], counts=dict(report.counts)
    )
    return report


def _force(folder: Folder, report: ImportReport) -> Force:
    answer = folder.force()
    url, telephone = line_of(answer, "url"), line_of(answer, "telephone")
    if url.startswith("http://"):
        url = f"https://{url.removeprefix('http://')}"
    force, _created = save_force(
        force_id=folder.force_id,
        name=line_of(answer, "name"),
        url=url or None,
        telephone=telephone or None,
    )
    if answer.get("engagement_methods"):
        report.note("Engagement methods of the force are not kept: its website lists them.")
    return force


def _load_outlines(reading: Reading, report: ImportReport, **how: object) -> None:
    for refusal in reading.refused:
        report.reject(refusal.where, refusal.fact)
    if reading.areas:
        report.notes.extend(load_boundaries(reading=reading, **how).notes)
    else:
        report.note("No outlines in the answers.")


def _name_the_rest(force: Force, names: dict[str, Name]) -> None:
    """Make the neighbourhoods that came without an outline."""
    known = set(force.neighbourhoods.values_list("code", flat=True))
    Neighbourhood.objects.bulk_create(
        Neighbourhood(force=force, code=code, name=given.name)
        for code, given in names.items()
        if code not in known
    )


def _load_place(folder: Folder, place: Neighbourhood, *, on: date, report: ImportReport) -> None:
    at = f"{place.force_id}/{place.code}"
    _load_detail(folder, place, report)
    team = _taken(folder.listed(place.code, "people"), read_person, f"{at}/people.json", report)
    store_team(team, force=place.force, neighbourhood=place, on=on)
    name_the_only_officer(team, place, on=on, report=report)
    issues = _taken(
        folder.listed(place.code, "priorities"), read_issue, f"{at}/priorities.json", report
    )
    for issue in store_issues(issues, place):
        report.note(f"{at}/priorities.json: only three can be live, left out, {issue.title!r}")
    meetings = _taken(
        folder.listed(place.code, "events"), read_meeting, f"{at}/events.json", report
    )
    store_meetings(meetings, place)


def _load_detail(folder: Folder, place: Neighbourhood, report: ImportReport) -> None:
    answer, name = folder.detail(place.code), f"{place.force_id}/{place.code}.json"
    try:
        place.description = text_of(answer, "description") or text_of(answer, "welcome_message")
        if (residents := line_of(answer, "population")).isdecimal() and int(residents):
            place.population = int(residents)
        details = details_of(answer, "contact_details")
        routes = read_routes(details)
        locations = list_of(answer, "locations")
    except BadAnswer as exc:
        report.reject(name, str(exc))
        return
    place.save(update_fields=["description", "population"])
    store_routes(routes, neighbourhood=place)
    store_locations(_taken(locations, read_location, name, report), place)
    if unkept := left_out(details, routes):
        report.note(f"{name}: not kept of contact_details: {', '.join(sorted(unkept))}")


def _taken(
    answers: list[dict], read: Callable[[dict], Item], name: str, report: ImportReport
) -> list[Item]:
    """What ``read`` makes of each answer; those that it refuses are rejected by their number."""
    return list(_read_each(answers, read, name, report))


def _read_each(
    answers: list[dict], read: Callable[[dict], Item], name: str, report: ImportReport
) -> Iterator[Item]:
    for number, answer in enumerate(answers, start=1):
        report.counts["read"] += 1
        try:
            yield read(answer)
            report.counts["kept"] += 1
        except BadAnswer as exc:
            report.reject(f"{name}:{number}", str(exc))
