import hashlib
import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from neighbourhoods.models.claims import claim
from neighbourhoods.quarters import Quarter, quarter_of
from teams.models import TransitionNotAllowed

PREPARING_LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
WORDS_LENGTH = 3000
REASON_LENGTH = 1000


def canonical(document: dict[str, object]) -> str:
    """The one way to write a document down: keys sorted, no spaces, every character itself."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(text: str) -> str:
    """The SHA-256 of a canonical document in UTF-8: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class BulletinQuerySet(models.QuerySet):
    def public(self):
        """Bulletins that residents see, newest quarter first."""
        return self.filter(state=Bulletin.State.PUBLISHED).order_by("-quarter")

    def due(self):
        """Those still without figures, unless every try at them took its worker down."""
        return self.filter(state=Bulletin.State.DUE, attempts__lt=MAX_ATTEMPTS).order_by("pk")

    def claim_next(self, *, now: datetime) -> "Bulletin | None":
        """Take the next of these that no other worker holds, or None."""
        return claim(self.due(), now=now, lease=PREPARING_LEASE)

    def record_figures(self, bulletin: "Bulletin") -> bool:
        """Write the figures of a claimed bulletin; False when another worker has taken it over."""
        held = self.filter(pk=bulletin.pk, state=Bulletin.State.DUE, attempts=bulletin.attempts)
        return bool(held.update(**{name: getattr(bulletin, name) for name in Bulletin.PREPARED}))

    def wanting_words(self):
        """Bulletins that wait for a sergeant."""
        return self.filter(state__in=Bulletin.WITH_THE_TEAM).order_by("quarter", "pk")

    def wanting_approval(self):
        """Bulletins that wait for an inspector."""
        return self.filter(state=Bulletin.State.SUBMITTED).order_by("submitted_at", "pk")


class Bulletin(models.Model):
    """What a team tells its residents of one quarter: figures, words, and who let it out.

    The row is made first, as work (DUE), and its figures are filled in by whoever
    claims it. What is published is ``document``, text that never changes again;
    page, PDF and files are renderings of it.
    """

    class State(models.TextChoices):
        DUE = "DUE"
        DRAFT = "DRAFT"
        SUBMITTED = "SUBMITTED"
        SENT_BACK = "SENT_BACK"
        PUBLISHED = "PUBLISHED"

    WITH_THE_TEAM = (State.DRAFT, State.SENT_BACK)
    # What preparing fills in, beside the claim itself.
    PREPARED = ("state", "figures", "prepared_at", "lease_until")

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="bulletins"
    )
    quarter = models.DateField()  # its first day
    state = models.CharField(max_length=9, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    figures = models.JSONField(null=True, blank=True)
    prepared_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(max_length=WORDS_LENGTH, blank=True)
    words_cy = models.TextField(max_length=WORDS_LENGTH, blank=True)
    # Kept as long as the bulletin: who wrote and who approved is part of what it is.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_back_reason = models.TextField(max_length=REASON_LENGTH, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    document = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="bulletin_once", fields=["neighbourhood", "quarter"]),
            models.CheckConstraint(
                name="bulletin_quarter_is_its_first_day",
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]),
            ),
            models.CheckConstraint(
                name="bulletin_state_has_its_fields",
                condition=Q(
                    state="DUE",
                    figures__isnull=True,
                    prepared_at__isnull=True,
                    words="",
                    submitted_at__isnull=True,
                    reviewed_by__isnull=True,
                )
                | Q(state="DRAFT", submitted_at__isnull=True, reviewed_by__isnull=True)
                | Q(state="SUBMITTED", submitted_at__isnull=False, reviewed_by__isnull=True)
                | Q(state="SENT_BACK", submitted_at__isnull=False, reviewed_by__isnull=False)
                & ~Q(sent_back_reason="")
                | Q(state="PUBLISHED", submitted_at__isnull=False, reviewed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="bulletin_has_figures_once_prepared",
                condition=Q(state="DUE") | Q(figures__isnull=False, prepared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bulletin_has_words_and_author_once_submitted",
                condition=Q(state__in=["DUE", "DRAFT"])
                | Q(written_by__isnull=False) & ~Q(words=""),
            ),
            models.CheckConstraint(
                name="bulletin_document_when_published",
                condition=Q(
                    state="PUBLISHED", approved_at__isnull=False, published_at__isnull=False
                )
                & ~Q(document="")
                & ~Q(sha256="")
                | ~Q(state="PUBLISHED")
                & Q(approved_at__isnull=True, published_at__isnull=True, document="", sha256=""),
            ),
            models.CheckConstraint(
                name="bulletin_reviewer_is_not_the_author",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("written_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"bulletin {self.pk}"

    @property
    def period(self) -> Quarter:
        return quarter_of(self.quarter)

    @property
    def url_kwargs(self) -> dict[str, str]:
        return {**self.neighbourhood.url_kwargs, "quarter": str(self.period)}

    def has_author(self, user) -> bool:
        """Whether the user ever wrote words of it, also such as were replaced since."""
        return self.authors.filter(pk=user.pk).exists()

    def prepare(self, figures: dict[str, object], *, at: datetime) -> None:
        """Fill in the figures, for the first time or again before submission. Does not save."""
        if self.state not in (self.State.DUE, *self.WITH_THE_TEAM):
            raise TransitionNotAllowed(_("Its figures are fixed since it was submitted."))
        if self.state == self.State.DUE:
            self.state = self.State.DRAFT
        self.figures, self.prepared_at, self.lease_until = figures, at, None

    def write(self, words: str, words_cy: str, *, by) -> None:
        """Replace the team's words; one that was sent back is a draft again. Does not save."""
        if self.state not in self.WITH_THE_TEAM:
            raise TransitionNotAllowed(_("It waits for the inspector or is published already."))
        self.state, self.submitted_at, self.reviewed_by = self.State.DRAFT, None, None
        self.words, self.words_cy, self.written_by = words, words_cy, by

    def submit(self, *, at: datetime) -> None:
        """Hand a draft with its words to the inspector. Does not save."""
        if self.state != self.State.DRAFT:
            raise TransitionNotAllowed(_("Only a draft can be sent to the inspector."))
        if not self.words or (self.neighbourhood.force.welsh and not self.words_cy):
            raise TransitionNotAllowed(self._missing_words)
        self.state, self.submitted_at = self.State.SUBMITTED, at

    def send_back(self, reason: str, *, by) -> None:
        """Return it to the team with what has to change. Does not save."""
        self._require_submitted()
        self.state, self.reviewed_by, self.sent_back_reason = self.State.SENT_BACK, by, reason

    def publish(self, document: dict[str, object], *, by, at: datetime) -> None:
        """Fix the document for good and let residents see it. Does not save."""
        self._require_submitted()
        self.state, self.reviewed_by = self.State.PUBLISHED, by
        self.approved_at = self.published_at = at
        self.document = canonical(document)
        self.sha256 = digest(self.document)

    @property
    def is_intact(self) -> bool:
        """Whether a published document is canonical and still the one whose hash was shown."""
        return (
            digest(self.document) == self.sha256
            and canonical(json.loads(self.document)) == self.document
        )

    @property
    def _missing_words(self) -> str:
        if self.words:
            return _("Enter the words in Welsh: this force publishes in both languages.")
        return _("Enter what the team wants to say first.")

    def _require_submitted(self) -> None:
        if self.state != self.State.SUBMITTED:
            raise TransitionNotAllowed(_("Somebody has decided about this bulletin already."))
