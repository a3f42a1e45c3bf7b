from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ContactRoute(models.Model):
    """One way to reach a neighbourhood's team, or one member of it."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("Email")
        TELEPHONE = "telephone", _("Telephone")
        MOBILE = "mobile", _("Mobile")
        WEB = "web", _("Online")
        ADDRESS = "address", _("Address")

    # Where a route stands on a page: the one most people use first.
    ORDER = (Kind.EMAIL, Kind.TELEPHONE, Kind.MOBILE, Kind.WEB, Kind.ADDRESS)

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="contact_routes",
    )
    member = models.ForeignKey(
        "teams.Member", models.CASCADE, null=True, blank=True, related_name="contact_routes"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=254)
    verified_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contactroute_has_one_owner",
                condition=Q(neighbourhood__isnull=False, member__isnull=True)
                | Q(neighbourhood__isnull=True, member__isnull=False),
            ),
            models.UniqueConstraint(
                name="contactroute_team_kind_once",
                fields=["neighbourhood", "kind"],
                condition=Q(neighbourhood__isnull=False),
            ),
            models.UniqueConstraint(
                name="contactroute_member_kind_once",
                fields=["member", "kind"],
                condition=Q(member__isnull=False),
            ),
            models.CheckConstraint(name="contactroute_has_value", condition=~Q(value="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} route {self.pk}"
