from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from neighbourhoods.models import Force, Neighbourhood, PolicingArea
from teams import permissions


class RoleGrantQuerySet(models.QuerySet):
    def on(self, day: date):
        """Grants that hold on ``day``, first and last day included."""
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=day), from_on__lte=day)

    def reaching(self, neighbourhood: Neighbourhood):
        """Grants over the neighbourhood, its policing area, the area around that, or its force.

        What is left open in one that has ended is answered for where its successor is.
        """
        places = {neighbourhood, neighbourhood.current}
        areas = PolicingArea.objects.over(places)
        return self.filter(
            Q(neighbourhood__in=places)
            | Q(area__in=areas.values("pk"))
            | Q(force=neighbourhood.force_id)
        )

    def over_force(self, force: Force):
        return self.filter(force=force)

    def roles(self):
        """The distinct roles of these grants."""
        return self.order_by().values_list("role", flat=True).distinct()


class RoleGrant(models.Model):
    """A role that an account holds over exactly one neighbourhood, policing area or force."""

    class Role(models.TextChoices):
        OFFICER = permissions.Role.OFFICER.value, _("Officer")
        SERGEANT = permissions.Role.SERGEANT.value, _("Sergeant")
        INSPECTOR = permissions.Role.INSPECTOR.value, _("Inspector")
        OFFICER_SAFETY_LEAD = (
            permissions.Role.OFFICER_SAFETY_LEAD.value,
            _("Officer-safety lead"),
        )
        FORCE_ADMINISTRATOR = (
            permissions.Role.FORCE_ADMINISTRATOR.value,
            _("Force administrator"),
        )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="role_grants",
    )
    area = models.ForeignKey(
        "neighbourhoods.PolicingArea",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="role_grants",
    )
    force = models.ForeignKey(
        "neighbourhoods.Force", models.CASCADE, null=True, blank=True, related_name="role_grants"
    )
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rolegrant_has_exactly_one_scope",
                condition=Q(neighbourhood__isnull=False, area__isnull=True, force__isnull=True)
                | Q(neighbourhood__isnull=True, area__isnull=False, force__isnull=True)
                | Q(neighbourhood__isnull=True, area__isnull=True, force__isnull=False),
            ),
            models.CheckConstraint(
                name="rolegrant_administrator_of_a_force",
                condition=~Q(role="force_administrator") | Q(force__isnull=False),
            ),
            models.CheckConstraint(
                name="rolegrant_ends_after_it_begins",
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    @property
    def scope(self) -> models.Model:
        """What the grant is over: a neighbourhood, a policing area or a force."""
        return self.neighbourhood or self.area or self.force
