"""What the audit record tells of a force: who did what, under the names of today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from neighbourhoods.clock import london_instant
from neighbourhoods.languages import text_in
from neighbourhoods.models import Force, JobRun, Neighbourhood, PolicingArea
from teams.models import AuditEvent, AuditSeal, RoleGrant, User
from teams.models.audit_event import COMMAND, JOB, RESIDENT
from teams.references import reference_to
from teams.wording import ACTS

VERIFYING = "teams.verify_audit"
UNBROKEN = "unbroken"
# Keys of details that are the key of a row, and what of.
_PEOPLE = ("user", "asked_by")
_MODELS = {"neighbourhood": Neighbourhood, "area": PolicingArea}
_SUBJECTS = {
    "teams.member": "member",
    "teams.user": "user",
    "neighbourhoods.neighbourhood": "neighbourhood",
    "neighbourhoods.policingarea": "area",
}


@dataclass(frozen=True)
class AuditLine:
    """One act. People are references: whoever reads is told the names that they may read."""

    number: int
    at: datetime
    who: str
    act: str
    about: str  # whom or what it was done to; a number where that has no name
    details: str
    sealed: bool


@dataclass(frozen=True)
class AuditState:
    """What was last found of the record: whether it is whole, and how far it is sealed."""

    verified_at: datetime | None
    unbroken: bool
    said: str  # how many events, or the first bad one
    sealed_at: datetime | None
    seal_age_minutes: int
    unsealed: int


def audit_of(
    force: Force,
    *,
    person: User | None = None,
    kind: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
) -> QuerySet[AuditEvent]:
    """The acts of a force, newest first: of one account, of one kind, of these days in London."""
    found = AuditEvent.objects.filter(force=force.pk)
    if person:
        found = found.filter(by=person.username)
    if kind:
        found = found.filter(verb__startswith=f"{kind}.")
    if from_on:
        found = found.filter(at__gte=london_instant(from_on))
    if to_on:
        found = found.filter(at__lt=london_instant(to_on + timedelta(days=1)))
    return found.order_by("-pk")


def lines_of(events: Iterable[AuditEvent], language: str) -> list[AuditLine]:
    """The acts in words. Five queries."""
    events = list(events)
    names = _Names(events, language)
    numbers = [event.pk for event in events]
    sealed = AuditSeal.objects.filter(event_number__in=numbers)
    sealed = set(sealed.values_list("event_number", flat=True))
    return [
        AuditLine(
            number=event.pk,
            at=event.at,
            who=names.who(event.by),
            act=str(ACTS.get(event.verb, event.verb)),
            about=names.of(_SUBJECTS.get(event.subject_type, ""), event.subject_id),
            details=", ".join(names.detail(*pair) for pair in event.detail.items()),
            sealed=event.pk in sealed,
        )
        for event in events
    ]


def audit_state(*, now: datetime) -> AuditState:
    """What the nightly check said last, and the newest seal. Three queries."""
    runs = JobRun.objects.filter(job=VERIFYING, finished_at__isnull=False)
    run, last = runs.order_by("-finished_at").first(), AuditSeal.objects.last()
    found, _space, said = run.result.partition(" ") if run else ("", "", "")
    after = last.event_number if last else 0
    return AuditState(
        verified_at=run.finished_at if run else None,
        unbroken=found == UNBROKEN,
        said=said,
        sealed_at=last.sealed_at if last else None,
        seal_age_minutes=int((now - last.sealed_at).total_seconds() // 60) if last else 0,
        unsealed=AuditEvent.objects.filter(pk__gt=after).count(),
    )


def accounts_of(force: Force) -> QuerySet[User]:
    """The accounts that may have acted in a force: of its people, or with a role in it."""
    grants = RoleGrant.objects.filter(
        Q(force=force) | Q(area__force=force) | Q(neighbourhood__force=force)
    )
    within = Q(member__force=force) | Q(pk__in=grants.values("user"))
    return User.objects.filter(within).select_related("member").order_by("name", "pk")


def name_of(user: User) -> str:
    """A reference to the member whose account it is; without one the account's own name."""
    member = getattr(user, "member", None)
    return reference_to(member.pk) if member else user.name


class _Names:
    """The names of whatever some events point at, each kind read once."""

    def __init__(self, events: list[AuditEvent], language: str):
        self.language = language
        users = User.objects.filter(
            Q(username__in={event.by for event in events}) | Q(pk__in=_keys(events, *_PEOPLE))
        ).select_related("member")
        self.by_username = {user.username: user for user in users}
        self.rows = {
            "user": {str(user.pk): user for user in users},
            **{
                kind: {
                    str(pk): row for pk, row in model.objects.in_bulk(_keys(events, kind)).items()
                }
                for kind, model in _MODELS.items()
            },
        }

    def who(self, by: str) -> str:
        known = {
            COMMAND: _("Command line"),
            RESIDENT: _("A resident"),
            JOB: _("The portal, by itself"),
        }
        if by in known:
            return known[by]
        return name_of(self.by_username[by]) if by in self.by_username else by

    def of(self, kind: str, key: object) -> str:
        """The name of the row of that kind; its number where nothing has a name."""
        if kind == "member":
            return reference_to(int(key))
        row = self.rows.get(kind, {}).get(str(key))
        if row is None:
            return _("no. %(number)s") % {"number": key}
        return name_of(row) if kind == "user" else text_in(self.language, row, "name")[0]

    def detail(self, key: str, value: object) -> str:
        if key == "role":
            return str(dict(RoleGrant.Role.choices).get(value, value))
        kind = "user" if key in _PEOPLE else key
        if kind in ("user", "member", *_MODELS) and value is not None:
            return self.of(kind, value)
        return f"{key}: {_plain(value)}"


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _keys(events: list[AuditEvent], *kinds: str) -> set[int]:
    """The keys that the events hold of rows of these kinds, as subject or in a detail."""
    subjects = {
        event.subject_id for event in events if _SUBJECTS.get(event.subject_type, "") in kinds
    }
    details = {event.detail[kind] for event in events for kind in kinds if event.detail.get(kind)}
    return {int(key) for key in map(str, subjects | details) if key.isdecimal()}
