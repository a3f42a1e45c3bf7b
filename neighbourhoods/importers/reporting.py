from collections import Counter
from dataclasses import dataclass, field

SHOWN = 50


class UnusableFile(Exception):
    """Nothing can be taken from it and nothing was changed; the message names file, fact, value."""

    def __str__(self) -> str:
        return "\n".join(map(printable, super().__str__().split("\n")))


def printable(text: str) -> str:
    """One line fit for a terminal and a log: what a file has put into it is escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


@dataclass(frozen=True)
class ImportReport:
    """What became of an import's rows. ``rejects`` holds the first 50 only: memory stays flat."""

    counts: Counter = field(default_factory=Counter)
    rejects: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reject(self, where: str, fact: str) -> None:
        """Count a row that was left out; ``where`` is FILE:LINE, ``fact`` ends in the value."""
        self.counts["rejected"] += 1
        if len(self.rejects) < SHOWN:
            self.rejects.append(f"{where}: {fact}")

    def note(self, text: str) -> None:
        """Say something that is worth knowing and stops nothing."""
        self.notes.append(text)

    @property
    def summary(self) -> str:
        """The closing line, the same for every import."""
        names = ("read", "kept", "replaced", "rejected", "no coordinates", "outside")
        return " · ".join(f"{name} {self.counts[name]:,}" for name in names)

    @property
    def lines(self) -> list[str]:
        """Everything to print: notes, rejects (first 50, then how many more), the summary."""
        more = self.counts["rejected"] - len(self.rejects)
        tail = [f"… and {more:,} more rejected"] if more else []
        return [*map(printable, [*self.notes, *self.rejects, *tail]), self.summary]
