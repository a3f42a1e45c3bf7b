from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from neighbourhoods.models import Force, Neighbourhood, PolicingArea
from teams import permissions

LENT_FOR = timedelta(days=14)  # at the longest, first and last day included
ONE_SCOPE = (
    Q(neighbourhood__isnull=False, area__isnull=True, force__isnull=True)
    | Q(neighbourhood__isnull=True, area__isnull=False, force__isnull=True)
    | Q(neighbourhood__isnull=True, area__isnull=True, force__isnull=False)
)
BY_TWO = sorted(role.value for role in permissions.BY_TWO)
OF_A_WHOLE_FORCE = sorted(role.value for role in permissions.OF_A_WHOLE_FORCE)
SCOPE_FITS = ~Q(role__in=OF_A_WHOLE_FORCE) | Q(force__isnull=False)


def scope_field(to: str, related_name: str) -> models.ForeignKey:
    """One of the three places that a role may be over."""
    return models.ForeignKey(to, models.CASCADE, null=True, blank=True, related_name=related_name)


def person_field() -> models.ForeignKey:
    """Who gave or lent a role. An account that did so stays as long as whoever it was given to."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, blank=True, related_name="+"
    )


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

    def lent(self):
        """Those that an inspector lent, the first to end first."""
        return self.filter(lent_by__isnull=False).order_by("to_on", "pk")

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
        TRANSLATOR = permissions.Role.TRANSLATOR.value, _("Translator")
        COMMUNICATIONS = permissions.Role.COMMUNICATIONS.value, _("Communications")
        FORCE_ADMINISTRATOR = (
            permissions.Role.FORCE_ADMINISTRATOR.value,
            _("Force administrator"),
        )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    neighbourhood = scope_field("neighbourhoods.Neighbourhood", "role_grants")
    area = scope_field("neighbourhoods.PolicingArea", "role_grants")
    force = scope_field("neighbourhoods.Force", "role_grants")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    granted_by = person_field()  # nobody: given at the command line
    confirmed_by = person_field()  # the second person
    request = models.OneToOneField(
        "teams.RoleRequest", models.CASCADE, null=True, blank=True, related_name="grant"
    )
    lent_by = person_field()

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rolegrant_has_exactly_one_scope", condition=ONE_SCOPE),
            models.CheckConstraint(name="rolegrant_scope_fits_role", condition=SCOPE_FITS),
            models.CheckConstraint(
                name="rolegrant_never_to_oneself",
                condition=(Q(granted_by__isnull=True) | ~Q(granted_by=F("user")))
                & (Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("user")))
                & (Q(lent_by__isnull=True) | ~Q(lent_by=F("user"))),
            ),
            models.CheckConstraint(
                name="rolegrant_of_a_high_role_takes_two",
                condition=~Q(role__in=BY_TWO)
                | Q(granted_by__isnull=True)
                | Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("granted_by")),
            ),
            models.CheckConstraint(
                name="rolegrant_lent_is_a_sergeants_and_ends",
                condition=Q(lent_by__isnull=True)
                | Q(
                    role=permissions.Role.SERGEANT.value,
                    neighbourhood__isnull=False,
                    to_on__isnull=False,
                    to_on__lt=F("from_on") + LENT_FOR,
                ),
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
