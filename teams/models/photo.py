from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q

from teams.models.member import Member
from teams.models.posting import Posting

LARGEST = 400  # pixels a side
# The words that an officer agrees to. Whoever changes them gives them a new number.
CONSENT_VERSION = "1"


class PhotoQuerySet(models.QuerySet):
    def public(self, *, on: date):
        """Those that residents may see: of whoever they may know and who serves on that day."""
        return self.filter(
            Exists(Posting.objects.on(on).filter(member=OuterRef("member"))),
            member__in=Member.objects.public(on=on).serving(on=on),
        )

    def of_leavers(self, *, on: date):
        """Those of people whose last day of service was before ``on``."""
        return self.filter(member__ended_on__lt=on)


class Photo(models.Model):
    """The photo of one member, shown because they agreed to it on a day.

    Its file is known by its key alone: another photo, or none, is another key, or none.
    """

    member = models.OneToOneField(Member, models.CASCADE, related_name="photo")
    key = models.CharField(max_length=22)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    consented_at = models.DateTimeField()
    consent_version = models.CharField(max_length=10)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="photo_key_unique", fields=["key"]),
            models.CheckConstraint(
                name="photo_names_key_and_consent",
                condition=~Q(key="") & ~Q(consent_version=""),
            ),
            models.CheckConstraint(
                name="photo_is_small",
                condition=Q(width__range=(1, LARGEST), height__range=(1, LARGEST)),
            ),
        ]

    def __str__(self) -> str:
        return f"photo of member {self.member_id}"
