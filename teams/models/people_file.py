"""Files of a force's people: what was imported, and what an undo imports again."""

from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

UNDO_FOR = timedelta(days=30)  # so long an import can be undone …
LONGEST_KEPT = timedelta(days=365)  # … and no file is kept longer, though none came after it
REHEARSED_FOR = timedelta(days=1)  # a file that was put up and not imported


class PeopleFileQuerySet(models.QuerySet):
    def imported(self):
        """Those whose import stands, newest first."""
        return self.filter(run__isnull=False, undone_at__isnull=True).order_by("-kept_at", "-pk")

    def waiting(self):
        """Those that were put up and are not imported yet."""
        return self.filter(run__isnull=True)

    def done_with(self, *, now: datetime):
        """Those that no undo needs any more: replaced 30 days ago, undone, left, or a year old."""
        newer = PeopleFile.objects.imported().filter(
            force=OuterRef("force"), kept_at__gt=OuterRef("kept_at"), kept_at__lte=now - UNDO_FOR
        )
        return self.filter(
            Q(Exists(newer.order_by()))
            | Q(undone_at__isnull=False)
            | Q(run__isnull=True, kept_at__lte=now - REHEARSED_FOR)
            | Q(kept_at__lte=now - LONGEST_KEPT)
        )


class PeopleFile(models.Model):
    """A file of people as it was read, unreadable in a copy of the database.

    ``began`` has the keys of the postings and named contacts that its import began.
    """

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="people_files")
    source = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    encrypted = models.TextField()
    kept_at = models.DateTimeField()
    run = models.OneToOneField(
        "neighbourhoods.ImportRun",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="people_file",
    )
    began = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = PeopleFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="peoplefile_undone_was_imported",
                condition=Q(undone_at__isnull=True) | Q(run__isnull=False),
            ),
            models.CheckConstraint(name="peoplefile_has_text", condition=~Q(encrypted="")),
        ]

    def __str__(self) -> str:
        return f"people file {self.pk}"

    def keep(self, text: str) -> None:
        """Take the text of the file. Does not save."""
        self.encrypted = Fernet(settings.SECRETS_KEY).encrypt(text.encode()).decode()

    def read(self) -> str:
        """Its text. Raises cryptography's InvalidToken under another SECRETS_KEY."""
        return Fernet(settings.SECRETS_KEY).decrypt(self.encrypted.encode()).decode()
