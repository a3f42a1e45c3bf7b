from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from teams.models.posting import Cover, Posting
from teams.models.safety import Unhiding

# Whose own contact details nobody has found to work for so long is not named to residents …
CONFIRMED_FOR = timedelta(days=42)
# … and so long before that the sergeant is asked.
ASKED_BEFORE = timedelta(days=7)


class MemberQuerySet(models.QuerySet):
    def serving(self, *, on: date):
        """Members whose last day is not before ``on``."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))

    def public(self, *, on: date):
        """Members whom residents may be told of by name on the day ``on``."""
        return self.filter(
            Q(visible_from__isnull=True) | Q(visible_from__lte=on),
            Q(unconfirmed_from__isnull=True) | Q(unconfirmed_from__gt=on),
            hidden_at__isnull=True,
        )

    def hidden(self):
        return self.filter(hidden_at__isnull=False)

    def named(self, words: str):
        """Those with ``words`` in their name, and whoever has them as reference."""
        return self.filter(Q(name__icontains=words) | Q(reference__iexact=words))

    def near(self, neighbourhood):
        """Those who serve or cover in the neighbourhood, ever did, or will."""
        here = {"member": OuterRef("pk"), "neighbourhood": neighbourhood}
        return self.filter(
            Exists(Posting.objects.filter(**here)) | Exists(Cover.objects.filter(**here))
        )

    def with_unhiding(self):
        """Annotate ``asked_by``: the account that asks that they are shown again."""
        asked = Unhiding.objects.waiting().filter(member=OuterRef("pk")).values("asked_by")
        return self.annotate(asked_by=Subquery(asked[:1]))


class Member(models.Model):
    """A person of a mixed team. Only police officers and special constables hold a rank."""

    class Role(models.TextChoices):
        POLICE_OFFICER = "police_officer", _("Police officer")
        PCSO = "pcso", _("Police community support officer")
        SPECIAL_CONSTABLE = "special_constable", _("Special constable")
        VOLUNTEER = "volunteer", _("Police support volunteer")
        WARDEN = "warden", _("Warden")
        ACCREDITED = "accredited", _("Accredited person")

    class Rank(models.TextChoices):
        CONSTABLE = "constable", _("Police constable")
        SERGEANT = "sergeant", _("Sergeant")
        INSPECTOR = "inspector", _("Inspector")
        CHIEF_INSPECTOR = "chief_inspector", _("Chief inspector")
        SUPERINTENDENT = "superintendent", _("Superintendent")
        CHIEF_SUPERINTENDENT = "chief_superintendent", _("Chief superintendent")
        ASSISTANT_CHIEF_CONSTABLE = "assistant_chief_constable", _("Assistant chief constable")
        DEPUTY_CHIEF_CONSTABLE = "deputy_chief_constable", _("Deputy chief constable")
        CHIEF_CONSTABLE = "chief_constable", _("Chief constable")

    # What stands before the name, as forces write it.
    _SHORT_RANKS = {
        Rank.CONSTABLE: pgettext_lazy("rank before a name", "PC"),
        Rank.SERGEANT: pgettext_lazy("rank before a name", "Sgt"),
        Rank.INSPECTOR: pgettext_lazy("rank before a name", "Insp"),
        Rank.CHIEF_INSPECTOR: pgettext_lazy("rank before a name", "Chief Insp"),
        Rank.SUPERINTENDENT: pgettext_lazy("rank before a name", "Supt"),
        Rank.CHIEF_SUPERINTENDENT: pgettext_lazy("rank before a name", "Chief Supt"),
        Rank.ASSISTANT_CHIEF_CONSTABLE: pgettext_lazy("rank before a name", "ACC"),
        Rank.DEPUTY_CHIEF_CONSTABLE: pgettext_lazy("rank before a name", "DCC"),
        Rank.CHIEF_CONSTABLE: pgettext_lazy("rank before a name", "CC"),
    }
    _SHORT_ROLES = {
        Role.PCSO: pgettext_lazy("role before a name", "PCSO"),
        Role.SPECIAL_CONSTABLE: pgettext_lazy("role before a name", "SC"),
    }

    class Employer(models.TextChoices):
        FORCE = "force", _("The police force")
        COUNCIL = "council", _("A council")
        HOUSING_ASSOCIATION = "housing_association", _("A housing association")
        COMMUNITY_GROUP = "community_group", _("A community group")
        OTHER = "other", _("Somebody else")

    NOT_POLICE = (Role.WARDEN, Role.ACCREDITED)
    OF_OTHERS = (*NOT_POLICE, Role.VOLUNTEER)  # who may work for somebody else than the force
    RANKED = (Role.POLICE_OFFICER, Role.SPECIAL_CONSTABLE)

    force = models.ForeignKey("neighbourhoods.Force", models.PROTECT, related_name="members")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="member"
    )
    reference = models.CharField(max_length=40)  # the force's own number for the person
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=20, choices=Role)
    rank = models.CharField(max_length=30, choices=Rank, blank=True)
    acting = models.BooleanField(default=False)
    employer_kind = models.CharField(
        max_length=20, choices=Employer, default=Employer.FORCE, db_default=Employer.FORCE
    )
    employer = models.CharField(max_length=150, blank=True)  # its name, but for the force itself
    bio = models.TextField(blank=True)
    bio_cy = models.TextField(blank=True)
    speaks_welsh = models.BooleanField(default=False)
    ended_on = models.DateField(null=True, blank=True)  # the last day of service
    hidden_at = models.DateTimeField(null=True, blank=True)
    # Somebody who has just arrived is reached through the team until that day.
    visible_from = models.DateField(null=True, blank=True)
    # From that day on, too, unless a way to reach them is found to work; never without one.
    unconfirmed_from = models.DateField(null=True, blank=True)
    first_name_only = models.BooleanField(default=False)
    first_name_reason = models.CharField(max_length=300, blank=True)  # for staff alone

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="member_reference_unique", fields=["force", "reference"]),
            models.CheckConstraint(
                name="member_has_name_and_reference", condition=~Q(name="") & ~Q(reference="")
            ),
            models.CheckConstraint(
                name="member_rank_for_officers_and_specials_only",
                condition=Q(role="police_officer") & ~Q(rank="")
                | Q(role="special_constable")
                | Q(role__in=["pcso", "volunteer", "warden", "accredited"], rank=""),
            ),
            models.CheckConstraint(
                name="member_acting_needs_rank", condition=Q(acting=False) | ~Q(rank="")
            ),
            models.CheckConstraint(
                name="member_not_police_names_employer",
                condition=~Q(role__in=["warden", "accredited"]) | ~Q(employer=""),
            ),
            models.CheckConstraint(
                name="member_employer_is_named_unless_the_force",
                condition=Q(employer_kind="force", employer="")
                | ~Q(employer_kind="force") & ~Q(employer=""),
            ),
            models.CheckConstraint(
                name="member_police_work_for_the_force",
                condition=Q(employer_kind="force")
                | Q(role__in=["volunteer", "warden", "accredited"]),
            ),
            models.CheckConstraint(
                name="member_first_name_only_has_reason",
                condition=Q(first_name_only=True) & ~Q(first_name_reason="")
                | Q(first_name_only=False, first_name_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def public_name(self) -> str:
        """The name as residents read it: the first name alone where an inspector decided so."""
        return self.first_name if self.first_name_only else self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def initials(self) -> str:
        """The first letters of the first and the last part of the public name."""
        parts = self.public_name.split()
        return "".join(part[0] for part in (parts[0], *parts[1:][-1:])).upper()

    @property
    def surname(self) -> str:
        """The last part of the name; empty where it has one part."""
        return self.name.removeprefix(self.first_name).strip()

    @property
    def title(self) -> str:
        """The public name with what stands before it: "PC Ana Example", "A/Sgt …", or alone."""
        return f"{self.before_the_name} {self.public_name}".strip()

    @property
    def badged_title(self) -> str:
        """As ``title``, and that they are not of the police where it is so."""
        if self.is_police:
            return self.title
        return pgettext("after a name", "%(title)s (not police)") % {"title": self.title}

    @property
    def full_title(self) -> str:
        """As ``title`` with the whole name. For staff alone."""
        return f"{self.before_the_name} {self.name}".strip()

    @property
    def before_the_name(self) -> str:
        """ "PC", "PCSO", "A/Sgt" …; empty for whoever has neither rank nor such a role."""
        before = self._SHORT_ROLES.get(self.role) or self._SHORT_RANKS.get(self.rank) or ""
        if before and self.acting:
            return pgettext("acting rank before a name", "A/%(rank)s") % {"rank": before}
        return str(before)

    def is_public(self, on: date) -> bool:
        """Whether residents may be told of them by name on the day ``on``."""
        arrived = self.visible_from is None or self.visible_from <= on
        confirmed = self.unconfirmed_from is None or on < self.unconfirmed_from
        return arrived and confirmed and self.hidden_at is None

    def confirm(self, *, on: date) -> None:
        """A way to reach them worked on the day ``on``. An earlier day changes nothing.

        Does not save.
        """
        until = on + CONFIRMED_FOR
        self.unconfirmed_from = max(until, self.unconfirmed_from or until)

    def hide(self, *, at: datetime) -> None:
        """Let the name disappear from everything public. Again changes nothing. Does not save."""
        self.hidden_at = self.hidden_at or at

    def show(self) -> None:
        """Let the name be seen again. Does not save."""
        self.hidden_at = None

    @property
    def role_text(self) -> str:
        """The role in words; for a police officer the rank, which says more."""
        return self.get_rank_display() if self.is_police_officer else self.get_role_display()

    @property
    def is_police_officer(self) -> bool:
        return self.role == self.Role.POLICE_OFFICER

    @property
    def is_police(self) -> bool:
        """Whether the force employs them; a warden or accredited person it never does."""
        return self.employer_kind == self.Employer.FORCE

    @property
    def employer_text(self) -> str:
        """Who employs them, and what that is, where it is not the force."""
        kinds = {
            self.Employer.COUNCIL: _("%(name)s, a council"),
            self.Employer.HOUSING_ASSOCIATION: _("%(name)s, a housing association"),
            self.Employer.COMMUNITY_GROUP: _("%(name)s, a community group"),
        }
        told = kinds.get(self.employer_kind)
        return told % {"name": self.employer} if told else self.employer
