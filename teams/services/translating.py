"""Writing the Welsh of what a team wrote in English."""

from django.db import transaction
from django.utils.translation import gettext as _

from teams import audit
from teams.models import Event, PatrolUpdate, TransitionNotAllowed, User
from teams.queries import refer_in
from teams.queries.disclosing import findings_among
from teams.queries.translating import missing_in
from teams.services.stamps import raise_stamp
from teams.services.updates import ToBeChecked


@transaction.atomic
def translate_row(
    *,
    row: PatrolUpdate | Event,
    words: dict[str, str],
    by: User,
    all_the_same: bool = False,
) -> PatrolUpdate | Event:
    """Give an update or event its Welsh: ``words`` for every field that lacks it, by its name.

    A draft keeps it until it is published; what residents read already they read in Welsh
    at once, so it is looked through first. Raises TransitionNotAllowed where somebody has
    changed it meanwhile, or ToBeChecked unless ``all_the_same``; nothing is saved then.
    """
    row = _locked(row)
    if set(words) != set(missing_in(row)):
        raise TransitionNotAllowed(_("Somebody has changed or translated this meanwhile."))
    found = findings_among("\n".join(words.values()), row.neighbourhood) if _is_read(row) else []
    if found and not all_the_same:
        raise ToBeChecked(found)
    for name, text in refer_in(words, row.neighbourhood).items():
        setattr(row, f"{name}_cy", text)
    row.save(update_fields=[f"{name}_cy" for name in words])
    raise_stamp(row.neighbourhood)
    shapes = sorted({finding.shape.value for finding in found})
    verb = "update.translated" if isinstance(row, PatrolUpdate) else "event.translated"
    audit.record(verb, row, by=by, neighbourhood=row.neighbourhood_id, shapes=shapes)
    return row


def _locked(row: PatrolUpdate | Event) -> PatrolUpdate | Event:
    """The row as it is now, held until the transaction ends."""
    rows = type(row).objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("neighbourhood__force").filter(pk=row.pk).first()
    if found is None:
        raise TransitionNotAllowed(_("This draft has been deleted."))
    return found


def _is_read(row: PatrolUpdate | Event) -> bool:
    """Whether residents read it already."""
    return isinstance(row, Event) or row.state == PatrolUpdate.State.PUBLISHED
