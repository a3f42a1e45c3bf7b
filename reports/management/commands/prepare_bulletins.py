from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from neighbourhoods.models import Force, Neighbourhood
from neighbourhoods.quarters import NotAQuarter, parse_quarter
from reports.models import Bulletin
from reports.snapshots import QuarterNotOver, open_quarter, prepare_due


class Command(BaseCommand):
    help = "Prepares the bulletins of a quarter as drafts: one for each neighbourhood, once."

    def add_arguments(self, parser):
        parser.add_argument("quarter", help="such as 2021-Q4")
        parser.add_argument("--force", default="", help="of this force alone")
        parser.add_argument("--neighbourhood", default="", help="its id; needs --force")

    def handle(self, *, quarter, force, neighbourhood, **options):
        _require_place(force, neighbourhood)
        now = timezone.now()
        try:
            period = parse_quarter(quarter)
            keys = open_quarter(period, now=now, force_id=force, code=neighbourhood)
        except (NotAQuarter, QuarterNotOver) as exc:
            raise CommandError(str(exc)) from exc
        due = Bulletin.objects.due().filter(quarter=period.start, neighbourhood__in=keys)
        with tqdm(total=due.count(), desc=quarter, unit=" bulletins", disable=None) as bar:
            prepared = prepare_due(due, now=now, done=bar.update)
        self.stdout.write(_summary(period, keys, prepared))


def _require_place(force, neighbourhood):
    if neighbourhood and not force:
        raise CommandError("--neighbourhood needs --force: ids are unique inside a force only.")
    if force and not Force.objects.filter(pk=force).exists():
        raise CommandError(f"There is no force {force!r}.")
    places = Neighbourhood.objects.filter(force=force, code=neighbourhood)
    if neighbourhood and not places.exists():
        raise CommandError(f"There is no neighbourhood {neighbourhood!r} in force {force!r}.")


def _summary(quarter, keys, prepared):
    """What was prepared, was there before, and is still to do: held by another, or given up."""
    rows = Bulletin.objects.filter(quarter=quarter.start, neighbourhood__in=keys)
    left = rows.filter(state=Bulletin.State.DUE).count()
    before = len(keys) - prepared - left
    return f"{quarter}: {prepared} prepared, {before} there before, {left} still to do."
