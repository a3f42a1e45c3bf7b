"""What neighbourhoods become with a set of boundaries, as a force tells it in a CSV file."""

from collections.abc import Iterable

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.table import Columns, check_filled, read_rows
from neighbourhoods.models import BoundarySet, Succession

COLUMNS = Columns(("old", "new"))


def import_successors(
    lines: Iterable[str], *, boundary_set: BoundarySet, drawn: set[int], source: str
) -> int:
    """Keep with the set what ``lines`` tell; return how many lines. Replaces what was told.

    A line for each part of a neighbourhood that is split; ``drawn`` are those (their pk)
    that the set to be replaced draws. Raises UnusableFile with a line ``FILE:LINE: fact,
    value`` for each that names another; nothing is changed then.
    """
    pairs = read_rows(lines, source=source, columns=COLUMNS, parse=_pair)
    places = boundary_set.force.neighbourhoods
    olds = dict(places.filter(pk__in=drawn).values_list("code", "pk"))
    in_set = boundary_set.boundaries.values("neighbourhood")
    news = dict(places.filter(pk__in=in_set).values_list("code", "pk"))
    _refuse(pairs, olds, news, source)
    boundary_set.successions.filter(told=True).delete()
    told = {(olds[old], news[new]) for _, old, new in pairs if old != new}
    Succession.objects.bulk_create(
        Succession(boundary_set=boundary_set, before_id=before, after_id=after, told=True)
        for before, after in sorted(told)
    )
    return len(pairs)


def _pair(text: dict[str, str], where: str) -> tuple[str, str, str]:
    check_filled(text, "old", "new")
    return where, text["old"], text["new"]


def _refuse(pairs: list, olds: dict[str, int], news: dict[str, int], source: str) -> None:
    wrong = []
    for where, old, new in pairs:
        if old not in olds:
            wrong.append(f"{where}: the set in force draws no such neighbourhood, {old!r}")
        if new not in news:
            wrong.append(f"{where}: the new set draws no such neighbourhood, {new!r}")
    if wrong:
        raise UnusableFile("\n".join([*wrong, f"{source}: nothing was imported; mend these lines"]))
