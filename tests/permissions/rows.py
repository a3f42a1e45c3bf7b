"""The reviewed file of who may what, row by row."""

import csv
from dataclasses import dataclass
from pathlib import Path

from teams.permissions import Permission, Role
from tests.permissions.world import ANYONE, SCOPES

WHO = (ANYONE, *(role.value for role in Role))


@dataclass(frozen=True)
class Row:
    url: str
    method: str
    permission: str  # empty: no role is asked for
    cells: dict[str, str]

    @property
    def scopes(self) -> tuple[str, ...]:
        return SCOPES if self.permission and "<str:force_id>" in self.url else SCOPES[:1]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def rows() -> list[Row]:
    with (Path(__file__).parent / "matrix.csv").open() as file:
        return [
            Row(line["url"], line["method"], line["permission"], {who: line[who] for who in WHO})
            for line in csv.DictReader(file)
        ]


ROWS = rows()
GUARDED = [row for row in ROWS if row.permission in set(Permission)]
