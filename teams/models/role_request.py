from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from neighbourhoods.models import Force
from teams.models.role_grant import BY_TWO, ONE_SCOPE, SCOPE_FITS, RoleGrant, scope_field

ASKED_FOR = timedelta(days=7)  # so long another administrator may confirm it


class RoleRequestQuerySet(models.QuerySet):
    def waiting(self, *, now: datetime):
        """Those that another administrator may still confirm, the oldest first."""
        open_ones = self.filter(ended_at__isnull=True, asked_at__gt=now - ASKED_FOR)
        return open_ones.order_by("asked_at", "pk")

    def of_force(self, force: Force):
        return self.filter(Q(neighbourhood__force=force) | Q(area__force=force) | Q(force=force))


class RoleRequest(models.Model):
    """A role that one administrator asks for and another one gives: until then it allows nothing.

    It ends when it is confirmed or refused, and by itself when its time is over.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_requests")
    role = models.CharField(max_length=20, choices=RoleGrant.Role)
    neighbourhood = scope_field("neighbourhoods.Neighbourhood", "role_requests")
    area = scope_field("neighbourhoods.PolicingArea", "role_requests")
    force = scope_field("neighbourhoods.Force", "role_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RoleRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rolerequest_has_exactly_one_scope", condition=ONE_SCOPE),
            models.CheckConstraint(name="rolerequest_scope_fits_role", condition=SCOPE_FITS),
            models.CheckConstraint(
                name="rolerequest_of_a_high_role",
                condition=Q(role__in=BY_TWO),
            ),
            models.CheckConstraint(
                name="rolerequest_never_for_oneself", condition=~Q(asked_by=F("user"))
            ),
            *(
                models.UniqueConstraint(
                    name=f"rolerequest_over_{scope}_waits_once",
                    fields=["user", "role", scope],
                    condition=Q(ended_at__isnull=True, **{f"{scope}__isnull": False}),
                )
                for scope in ("neighbourhood", "area", "force")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    @property
    def scope(self) -> models.Model:
        """What the role is to be over: a neighbourhood, a policing area or a force."""
        return self.neighbourhood or self.area or self.force

    @property
    def ends_at(self) -> datetime:
        return self.asked_at + ASKED_FOR
