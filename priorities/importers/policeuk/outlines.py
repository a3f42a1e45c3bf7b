"""Outlines from ``boundary`` answers: one closed ring each, as pairs of text."""

import hashlib
import html
import json

from neighbourhoods.importers.boundaries import Name, Reading, Refusal, area_of
from neighbourhoods.importers.reporting import ImportReport
from neighbourhoods.importers.rings import UnusableShape, drawing_from
from priorities.importers.policeuk.answers import Folder, line_of


def names_by_id(folder: Folder, report: ImportReport) -> dict[str, Name]:
    """The force's neighbourhoods by id, their names without the API's HTML entities."""
    found = {}
    for answer in folder.neighbourhoods():
        code = str(answer.get("id") or "")
        # The id is part of the path of the other answers: it must not lead out of the folder.
        if not code or "/" in code or "\\" in code or code.startswith("."):
            report.reject(folder.name_of(f"{folder.force_id}/neighbourhoods"), f"no id, {code!r}")
            continue
        found[code] = Name(html.unescape(line_of(answer, "name")) or code)
    return found


def read_outlines(folder: Folder, codes: list[str]) -> Reading:
    """The outlines of ``codes``, as of files: what cannot be used is told in ``refused``."""
    areas, notes, refused, digest = {}, [], [], hashlib.sha256()
    for code in codes:
        answer = folder.listed(code, "boundary")
        if not answer:
            continue
        name = folder.name_of(f"{folder.force_id}/{code}/boundary")
        digest.update(json.dumps([code, answer], sort_keys=True).encode())
        try:
            ring = [(float(point["longitude"]), float(point["latitude"])) for point in answer]
            areas[code] = area_of(drawing_from([[ring]]), name, notes)
        except UnusableShape as exc:
            refused.append(Refusal(code, name, str(exc)))
        except (KeyError, TypeError, ValueError) as exc:
            refused.append(Refusal(code, name, f"not an outline, {exc!r}"))
    return Reading(folder.path.name, digest.hexdigest(), areas, {}, notes, refused)
