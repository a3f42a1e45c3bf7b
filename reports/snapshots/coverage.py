"""The nightly audit of coverage: opens a gap when it is first found, ends it when it is gone."""

from datetime import datetime

from django.db import transaction

from neighbourhoods.clock import london_date
from reports.models import CoverageGap
from reports.queries.coverage import GapKey, gaps_at


@transaction.atomic
def audit_coverage(*, now: datetime) -> str:
    """Make the open gaps those that there are at ``now``; say how many. May run again."""
    on = london_date(now)
    found = gaps_at(now)
    standing = {
        GapKey(gap.force_id, gap.neighbourhood_id, gap.kind): gap
        for gap in CoverageGap.objects.select_for_update(no_key=True).open()
    }
    gone = [gap.pk for key, gap in standing.items() if key not in found]
    CoverageGap.objects.filter(pk__in=gone).update(ended_on=on)
    resized = [gap for key, gap in standing.items() if found.get(key, gap.size) != gap.size]
    for gap in resized:
        gap.size = found[GapKey(gap.force_id, gap.neighbourhood_id, gap.kind)]
    CoverageGap.objects.bulk_update(resized, ["size"])
    new = [key for key in found if key not in standing]
    CoverageGap.objects.bulk_create(
        [CoverageGap(**key._asdict(), size=found[key], began_on=on) for key in new],
        ignore_conflicts=True,  # another audit may have been faster
        batch_size=500,
    )
    return f"{len(found)} gaps, {len(new)} new, {len(gone)} ended"
