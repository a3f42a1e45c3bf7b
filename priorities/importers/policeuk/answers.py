"""Saved answers of the data.police.uk API, read from a folder and believed as little as needed.

Each answer lies under its API path plus ``.json``: ``DIR/FORCE/ID/people.json``.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from lxml import html

from neighbourhoods.importers.archives import read_file
from neighbourhoods.importers.reporting import UnusableFile

BLOCKS = ("p", "div", "li", "br", "ul", "ol", "tr", "h1", "h2", "h3", "h4")
CONTROLS = re.compile(
    r"[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # not for XML


class BadAnswer(Exception):
    """One thing of an answer cannot be taken; the message is the fact and the value."""


class Folder:
    """The answers of one force."""

    def __init__(self, path: Path, force_id: str):
        self.path, self.force_id = path, force_id

    def force(self) -> dict:
        """Raises UnusableFile, as its sisters do: JSON of another shape, or no such file."""
        return self._read(f"forces/{self.force_id}", dict)

    def senior_officers(self) -> list[dict]:
        return self._read(f"forces/{self.force_id}/people", list, optional=True)

    def neighbourhoods(self) -> list[dict]:
        return self._read(f"{self.force_id}/neighbourhoods", list)

    def detail(self, code: str) -> dict:
        return self._read(f"{self.force_id}/{code}", dict, optional=True)

    def listed(self, code: str, what: str) -> list[dict]:
        """``boundary``, ``people``, ``priorities`` or ``events`` of a neighbourhood."""
        return self._read(f"{self.force_id}/{code}/{what}", list, optional=True)

    def name_of(self, api_path: str) -> str:
        return f"{api_path}.json"

    def _read(self, api_path: str, shape: type, *, optional: bool = False):
        path = self.path / self.name_of(api_path)
        if optional and not path.exists():
            return shape()
        try:
            answer = json.loads(read_file(path).decode("utf-8-sig"))
        except (ValueError, RecursionError) as exc:
            raise UnusableFile(f"{self.name_of(api_path)}: not JSON, {exc}") from exc
        if not isinstance(answer, shape) or (
            shape is list and not all(isinstance(item, dict) for item in answer)
        ):
            expected = "an object" if shape is dict else "a list of objects"
            raise UnusableFile(
                f"{self.name_of(api_path)}: {expected} expected, {str(answer)[:60]!r}"
            )
        return answer


def text_of(answer: dict, key: str) -> str:
    """The value as plain text, its HTML undone: paragraphs and list items become lines.

    Empty where the key is missing or null.
    """
    written = answer.get(key)
    if written is None:
        return ""
    if not isinstance(written, str | int | float):
        raise BadAnswer(f"{key} is not a text, {str(written)[:60]!r}")
    return "\n".join(_lines(str(written)))


def line_of(answer: dict, key: str) -> str:
    """As ``text_of``, in one line."""
    return " ".join(text_of(answer, key).split())


def local_time_of(answer: dict, key: str) -> datetime | None:
    """A time as London's clocks show it, without a zone; None where there is none."""
    written = answer.get(key)
    if not written:
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=None)
    except (TypeError, ValueError) as exc:
        raise BadAnswer(f"{key} is not a time like 2031-03-04T18:30:00, {written!r}") from exc


def details_of(answer: dict, key: str) -> dict:
    """An object inside an answer, such as ``contact_details``; empty where there is none."""
    found = answer.get(key) or {}
    if not isinstance(found, dict):
        raise BadAnswer(f"{key} is not an object, {str(found)[:60]!r}")
    return found


def list_of(answer: dict, key: str) -> list[dict]:
    """A list of objects inside an answer, such as ``locations``; empty where there is none."""
    found = answer.get(key) or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise BadAnswer(f"{key} is not a list of objects, {str(found)[:60]!r}")
    return found


def _lines(written: str) -> Iterator[str]:
    root = html.fragment_fromstring(CONTROLS.sub(" ", written), create_parent="div")
    for element in root.iter("script", "style"):
        element.text = ""
    for element in root.iter(*BLOCKS):
        element.text = f"\n{element.text or ''}"
        element.tail = f"\n{element.tail or ''}"
    for line in root.text_content().splitlines():
        if words := " ".join(line.split()):
            yield words
