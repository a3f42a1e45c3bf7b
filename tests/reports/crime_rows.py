"""Invented rows of crime files, in the shape of data.police.uk."""

from pathlib import Path

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
FORCE_NAME = "Casterwell Police"
INSIDE, OUTSIDE = ("-0.950000", "52.050000"), ("-0.500000", "52.050000")


def row(
    crime_id: str = "",
    *,
    month: str = "2031-05",
    within: str = FORCE_NAME,
    at: tuple[str, str] = INSIDE,
    crime_type: str = "Burglary",
    street: str = "On or near Tern Court",
    outcome: str = "Under investigation",
) -> str:
    place = ",".join(at)
    return f"{crime_id},{month},{within},{within},{place},{street},,,{crime_type},{outcome},"


def written(path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path
