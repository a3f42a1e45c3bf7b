"""What a force says of a role: what its people can do, what not, how to check who they are."""

from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from teams.models.member import Member


class RoleFactQuerySet(models.QuerySet):
    def in_force(self, *, on: date):
        """Of each role the newest list that had begun by the day ``on``, in its order."""
        lists = RoleFact.objects.filter(
            force=OuterRef("force"), role=OuterRef("role"), from_on__lte=on
        )
        newest = lists.order_by("-from_on").values("from_on")[:1]
        return self.filter(from_on=Subquery(newest)).order_by("role", "position")

    def about(self, member: Member):
        """Those that are true of the member: of their role, and of their employer if of one."""
        own = {"force": member.force_id, "role": member.role}
        return self.filter(Q(employer="") | Q(employer__iexact=member.employer), **own)


class RoleFact(models.Model):
    """One line of a force's dated list about a role.

    The lines of a role that begin on one day are one list; it holds until the next begins.
    """

    class Kind(models.TextChoices):
        CAN = "can", _("They can")
        CANNOT = "cannot", _("They cannot")
        BADGE = "badge", _("How to check who they are")

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="role_facts")
    role = models.CharField(max_length=20, choices=Member.Role)
    from_on = models.DateField()
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind)
    text = models.CharField(max_length=300)
    text_cy = models.CharField(max_length=300, blank=True)
    employer = models.CharField(max_length=150, blank=True)  # blank: of all in this role

    objects = RoleFactQuerySet.as_manager()

    class Meta:
        ordering = ["role", "-from_on", "position"]
        constraints = [
            models.UniqueConstraint(
                name="rolefact_one_in_each_position",
                fields=["force", "role", "from_on", "position"],
            ),
            models.CheckConstraint(name="rolefact_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="rolefact_employer_of_others_alone",
                condition=Q(employer="") | Q(role__in=["volunteer", "warden", "accredited"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.role} from {self.from_on}"
