from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from neighbourhoods.clock import london_date, london_instant
from teams.models.member import Member
from teams.models.patrol_update import TransitionNotAllowed

NOTES_DUE_AFTER = timedelta(days=14)
# Whoever has not told by then what was said is not asked any more.
NOTES_ASKED_FOR = timedelta(days=90)


class EventQuerySet(models.QuerySet):
    def coming(self, *, on: date):
        """Events of the day ``on`` and later, soonest first, cancelled ones too.

        An event stays until its day is over, so that a page changes at midnight only.
        """
        return self.not_over(at=london_instant(on))

    def not_over(self, *, at):
        """Events that end at the instant ``at`` or later, soonest first."""
        return self.filter(ends_at__gte=at).order_by("starts_at", "pk")

    def past(self, *, on: date):
        """Events of the days before ``on``, latest first."""
        return self.filter(ends_at__lt=london_instant(on)).order_by("-starts_at", "-pk")

    def taking_place(self):
        return self.filter(cancelled_at__isnull=True)

    def wanting_notes(self, *, at: datetime):
        """Those that are over and of which nobody has told yet what was said, oldest first."""
        over = self.taking_place().filter(noted_at__isnull=True, ends_at__lte=at)
        return over.filter(ends_at__gt=at - NOTES_ASKED_FOR).order_by("ends_at", "pk")

    def with_details(self, *, on: date):
        """Fetch venue, moves and ``hosts_shown`` as well: two queries, however many there are.

        ``hosts_shown`` are those of the hosts whom residents may be told of on the day ``on``.
        """
        shown = Member.objects.public(on=on).serving(on=on).order_by("name", "pk")
        hosts = Prefetch("hosts", shown, to_attr="hosts_shown")
        return self.select_related("venue").prefetch_related(hosts, "moves")


class Event(models.Model):
    """Where and when residents can meet their team. What is entered is public at once."""

    class Kind(models.TextChoices):
        BEAT_MEETING = "BEAT_MEETING", gettext_lazy("Beat meeting")
        SURGERY = "SURGERY", gettext_lazy("Surgery")
        HAVE_A_SAY = "HAVE_A_SAY", gettext_lazy("Have-a-say day")
        OTHER = "OTHER", gettext_lazy("Other event")

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="events"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    # The words about the place stay when the venue is changed or removed: residents were told them.
    place = models.CharField(max_length=200)
    place_cy = models.CharField(max_length=200, blank=True)
    venue = models.ForeignKey(
        "neighbourhoods.Place", models.SET_NULL, null=True, blank=True, related_name="events"
    )
    access = models.CharField(max_length=300, blank=True)
    access_cy = models.CharField(max_length=300, blank=True)
    description = models.TextField(max_length=2000, blank=True)
    description_cy = models.TextField(max_length=2000, blank=True)
    # Members who chose to be named. Pages read ``hosts_shown``, never these.
    hosts = models.ManyToManyField("teams.Member", blank=True, related_name="events")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    added_at = models.DateTimeField(db_default=models.functions.Now())
    changed_at = models.DateTimeField(db_default=models.functions.Now())
    sequence = models.PositiveIntegerField(default=0)  # how often it changed, for calendars
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.CharField(max_length=300, blank=True)
    cancellation_reason_cy = models.CharField(max_length=300, blank=True)
    noted_at = models.DateTimeField(null=True, blank=True)
    attended = models.PositiveIntegerField(null=True, blank=True)
    notes = models.TextField(max_length=3000, blank=True)
    notes_cy = models.TextField(max_length=3000, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="event_has_title_and_place", condition=~Q(title="") & ~Q(place="")
            ),
            models.CheckConstraint(
                name="event_cancelled_has_reason",
                condition=Q(cancelled_at__isnull=True, cancellation_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancellation_reason=""),
            ),
            models.CheckConstraint(
                name="event_noted_after_it_began",
                condition=Q(noted_at__isnull=True, attended__isnull=True, notes="", notes_cy="")
                | Q(noted_at__isnull=False, noted_at__gte=F("starts_at")) & ~Q(notes=""),
            ),
            models.CheckConstraint(
                name="event_cancelled_has_no_notes",
                condition=Q(cancelled_at__isnull=True) | Q(noted_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="event_by_end", fields=["neighbourhood", "ends_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def former(self) -> "EventMove | None":
        """When and where it was to be before it was moved last."""
        return max(self.moves.all(), key=lambda move: move.pk, default=None)

    @property
    def hosts_in_words(self) -> str:
        """Who of the team will be there: nobody is named but who wants to be and may be."""
        named = ", ".join(member.title for member in self.hosts_shown)
        return named or _("a member of the team")

    @property
    def notes_due_on(self) -> date:
        return london_date(self.ends_at + NOTES_DUE_AFTER)

    def change(self, fields: dict[str, object], *, at: datetime) -> None:
        """Take new words. Does not save."""
        self._require_to_come(at)
        self._set(fields, at=at)

    def move(self, fields: dict[str, object], *, at: datetime) -> "EventMove":
        """Take another time or place; return what they were. Saves neither."""
        self._require_to_come(at)
        if (fields["starts_at"], fields["place"]) == (self.starts_at, self.place):
            raise TransitionNotAllowed(_("It begins then and there already."))
        former = EventMove(
            event=self,
            moved_at=at,
            **{name: getattr(self, name) for name in EventMove.WHEN_AND_WHERE},
        )
        self._set(fields, at=at)
        return former

    def cancel(self, *, at: datetime, reason: str, reason_cy: str = "") -> None:
        """Call it off with a reason that residents see. Does not save."""
        if self.cancelled_at:
            raise TransitionNotAllowed(_("This event has been cancelled already."))
        if self.ends_at <= at:
            raise TransitionNotAllowed(_("This event is over. Tell what was said."))
        words = {"cancellation_reason": reason, "cancellation_reason_cy": reason_cy}
        self._set({"cancelled_at": at, **words}, at=at)

    def note(self, fields: dict[str, object], *, at: datetime) -> None:
        """Tell what was said there, once or again. Does not save."""
        if self.cancelled_at:
            raise TransitionNotAllowed(_("This event was cancelled: nothing was said there."))
        if self.starts_at > at:
            raise TransitionNotAllowed(_("This event has not begun yet."))
        self._set({**fields, "noted_at": self.noted_at or at}, at=at)

    def _require_to_come(self, at: datetime) -> None:
        if self.cancelled_at:
            raise TransitionNotAllowed(_("This event has been cancelled: enter a new one."))
        if self.starts_at <= at:
            raise TransitionNotAllowed(_("This event has begun: it can no longer be changed."))

    def _set(self, fields: dict[str, object], *, at: datetime) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.changed_at = at
        self.sequence += 1


class EventMove(models.Model):
    """When and where an event was to be before it was moved, and when that was."""

    WHEN_AND_WHERE = ("starts_at", "ends_at", "place", "place_cy")

    event = models.ForeignKey(Event, models.CASCADE, related_name="moves")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    place_cy = models.CharField(max_length=200, blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="eventmove_had_times_and_place",
                condition=Q(ends_at__gt=F("starts_at")) & ~Q(place=""),
            ),
        ]

    def __str__(self) -> str:
        return f"move {self.pk} of event {self.event_id}"


class Promise(models.Model):
    """What a team promised at an event; ``priorities`` makes an action of it."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="promises")
    what = models.CharField(max_length=200)
    what_cy = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="promise_says_what", condition=~Q(what="")),
            models.UniqueConstraint(name="promise_made_once", fields=["event", "what"]),
        ]

    def __str__(self) -> str:
        return self.what
