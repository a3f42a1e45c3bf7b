"""What an import of people does, row by row: told before it is done, and done as it was told."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Model

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.models import Force
from teams.models import ContactRoute, Member, NamedContact, Posting


class Act(StrEnum):
    ADD = "add"
    CHANGE = "change"
    END = "end"  # a posting gets a last day, or an earlier one
    REMOVE = "remove"  # by an undo alone


class Thing(StrEnum):
    """What a step is about, in the order in which new rows are written."""

    MEMBER = "person"
    POSTING = "posting"
    NAMED_CONTACT = "named officer"
    CONTACT_ROUTE = "contact detail"


MODELS = {
    Thing.MEMBER: Member,
    Thing.POSTING: Posting,
    Thing.NAMED_CONTACT: NamedContact,
    Thing.CONTACT_ROUTE: ContactRoute,
}


@dataclass(frozen=True)
class Step:
    """What is done to one row, and the line that asks for it. ``place`` is a neighbourhood's id."""

    where: str
    act: Act
    thing: Thing
    reference: str
    name: str
    place: str = ""
    from_on: date | None = None
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = [f"{self.where}: {self.act} {self.thing}, {self.reference} {self.name}"]
        told += [f"in {self.place}"] if self.place else []
        told += [f"from {self.from_on}"] if self.from_on else []
        told += [f"({', '.join(self.fields)})"] if self.fields else []
        return " ".join(told)


@dataclass
class Plan:
    """The steps of an import of ``read`` lines, each with the row as it will be."""

    force: Force
    source: str
    read: int = 0
    steps: list[Step] = field(default_factory=list)
    rows: list[Model] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, step: Step, row: Model) -> None:
        self.steps.append(step)
        self.rows.append(row)

    @property
    def totals(self) -> Counter:
        """How many steps there are of each act."""
        return Counter(step.act for step in self.steps)

    @property
    def unchanged(self) -> int:
        """How many lines ask for nothing new."""
        return self.read - len({step.where for step in self.steps if step.act != Act.REMOVE})

    @property
    def fingerprint(self) -> str:
        """The same for two plans that do the same."""
        return hashlib.sha256("\n".join(map(str, self.steps)).encode()).hexdigest()

    def report(self, *, rehearsed: bool) -> ImportReport:
        """What became of the lines; a rehearsal lists every step."""
        added = {(step.where, step.thing) for step in self.steps if step.act == Act.ADD}
        kept = sum(thing == Thing.POSTING for _where, thing in added)
        counts = Counter(read=self.read, kept=kept, replaced=self.read - kept)
        totals = [f"{act} {self.totals[act]:,}" for act in Act]
        lines = [*map(str, self.steps)] if rehearsed else []
        lines += [*self.notes, " · ".join([*totals, f"lines without change {self.unchanged:,}"])]
        lines += ["Dry run: nothing was changed."] if rehearsed else []
        return ImportReport(counts=counts, notes=lines)

    @transaction.atomic
    def write(self) -> dict[str, list[int]]:
        """Do every step; return the keys of the postings and named contacts that it began.

        Raises UnusableFile where somebody changed the same rows meanwhile.
        """
        try:
            with transaction.atomic():
                newly = self._name_those_posted()
                self._remove()
                self._change()
                self._add()
                _save_each(newly)
        except IntegrityError as exc:
            raise UnusableFile(
                f"{self.source}: somebody changed these people meanwhile; nothing was imported"
            ) from exc
        if self.steps:
            self.force.neighbourhoods.all().raise_stamps()
        return {thing: self._keys(thing) for thing in (Thing.POSTING, Thing.NAMED_CONTACT)}

    def _name_those_posted(self) -> list[tuple[Step, Model]]:
        """Change named contacts before the postings go that they pointed at.

        Returns those whose new posting is not there yet.
        """
        changed = [of for of in self._of(Act.CHANGE) if of[0].thing == Thing.NAMED_CONTACT]
        _save_each(of for of in changed if of[1].posting.pk)
        return [of for of in changed if not of[1].posting.pk]

    def _remove(self) -> None:
        """A named contact before the posting that it points at."""
        removed = list(self._of(Act.REMOVE))
        for _step, row in sorted(removed, key=lambda of: of[0].thing == Thing.POSTING):
            row.delete()

    def _change(self) -> None:
        """What ends before what begins again: a team has nobody twice."""
        changed = [*self._of(Act.END), *self._of(Act.CHANGE)]
        others = [of for of in changed if of[0].thing != Thing.NAMED_CONTACT]
        _save_each(sorted(others, key=lambda of: _is_open(of[1])))

    def _add(self) -> None:
        for thing, model in MODELS.items():
            model.objects.bulk_create(row for step, row in self._of(Act.ADD) if step.thing == thing)

    def _of(self, act: Act) -> Sequence[tuple[Step, Model]]:
        return [of for of in zip(self.steps, self.rows, strict=True) if of[0].act == act]

    def _keys(self, thing: Thing) -> list[int]:
        return [row.pk for step, row in self._of(Act.ADD) if step.thing == thing]


# What is written of a changed row, where the step does not call the columns by their names.
COLUMNS_OF = {
    Thing.POSTING: ("to_on", "lead"),
    Thing.NAMED_CONTACT: ("posting",),
    Thing.CONTACT_ROUTE: ("value", "verified_on"),
}


def _save_each(changed: Iterable[tuple[Step, Model]]) -> None:
    for step, row in changed:
        row.save(update_fields=COLUMNS_OF.get(step.thing, step.fields))


def _is_open(row: Model) -> bool:
    return isinstance(row, Posting) and row.to_on is None
