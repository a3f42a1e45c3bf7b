"""Invented staff, teams and updates. Dates are fixed; pass others where they matter."""

from datetime import UTC, date, datetime, timedelta

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.hashers import make_password

from teams.models import (
    AuditEvent,
    AuditSeal,
    ContactRoute,
    Cover,
    Duty,
    DutyCode,
    Event,
    EventMove,
    Invitation,
    Member,
    NamedContact,
    Notice,
    OperationsHold,
    Patrol,
    PatrolTotal,
    PatrolUpdate,
    PeopleFile,
    Photo,
    Posting,
    Promise,
    PublishingTrust,
    RoleFact,
    RoleGrant,
    RoleRequest,
    SafetyStamp,
    Session,
    Unhiding,
    User,
)
from teams.models.duty import Kind, Reason
from teams.photos import keep
from tests.factories.neighbourhoods import ForceFactory, ImportRunFactory, NeighbourhoodFactory

PASSWORD = "harkstow lantern meadow"  # of accounts with_password
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of accounts that are enrolled


class AuthenticatorFactory(factory.django.DjangoModelFactory):
    """The second factor of an account: an app that knows ``TOTP_SECRET``, or a passkey's row."""

    class Meta:
        model = Authenticator

    type = Authenticator.Type.TOTP
    data = factory.LazyFunction(lambda: {"secret": encrypt(TOTP_SECRET)})

    class Params:
        passkey = factory.Trait(
            type=Authenticator.Type.WEBAUTHN, data={"name": "Force phone", "credential": {}}
        )


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user.{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    name = "Tamsin Quillow"
    language = "en-gb"
    password = factory.LazyFunction(lambda: make_password(None))  # unusable

    class Params:
        left = factory.Trait(is_active=False)
        with_password = factory.Trait(
            password=factory.LazyFunction(lambda: make_password(PASSWORD))
        )
        enrolled = factory.Trait(factor=factory.RelatedFactory(AuthenticatorFactory, "user"))


class MemberFactory(factory.django.DjangoModelFactory):
    """A police constable; traits for the other roles."""

    class Meta:
        model = Member

    force = factory.SubFactory(ForceFactory)
    reference = factory.Sequence(lambda n: f"REF-{n:04}")
    name = "Tamsin Quillow"
    role = Member.Role.POLICE_OFFICER
    rank = Member.Rank.CONSTABLE

    class Params:
        sergeant = factory.Trait(rank=Member.Rank.SERGEANT, name="Imran Dalvari")
        inspector = factory.Trait(rank=Member.Rank.INSPECTOR, name="Ruth Quillfeather")
        pcso = factory.Trait(role=Member.Role.PCSO, rank="", name="Dee Ferncastle")
        special = factory.Trait(role=Member.Role.SPECIAL_CONSTABLE, rank="", name="Lena Voskerry")
        volunteer = factory.Trait(role=Member.Role.VOLUNTEER, rank="", name="Ron Aldercombe")
        warden = factory.Trait(
            role=Member.Role.WARDEN,
            rank="",
            name="Sharon Oakhangar",
            employer_kind=Member.Employer.HOUSING_ASSOCIATION,
            employer="Harkstow Homes",
        )
        accredited = factory.Trait(
            role=Member.Role.ACCREDITED,
            rank="",
            name="Marcus Pellindrum",
            employer_kind=Member.Employer.OTHER,
            employer="Lanterngate Centre",
        )
        left = factory.Trait(ended_on=date(2025, 1, 31))
        hidden = factory.Trait(hidden_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
        shortened = factory.Trait(first_name_only=True, first_name_reason="A threat in May.")
        with_account = factory.Trait(user=factory.SubFactory(UserFactory))


class PhotoFactory(factory.django.DjangoModelFactory):
    """A photo with its file, whose bytes no browser would show: give others where it matters."""

    class Meta:
        model = Photo

    class Params:
        jpeg = b"\xff\xd8 not really a picture"

    member = factory.SubFactory(MemberFactory)
    key = factory.LazyAttribute(lambda photo: keep(photo.jpeg))
    width = 320
    height = 400
    consented_at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    consent_version = "1"


class PostingFactory(factory.django.DjangoModelFactory):
    """An open posting in a neighbourhood of the member's own force."""

    class Meta:
        model = Posting

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    member = factory.SubFactory(MemberFactory, force=factory.SelfAttribute("..neighbourhood.force"))
    from_on = date(2023, 5, 8)

    class Params:
        leading = factory.Trait(lead=True)
        ended = factory.Trait(to_on=date(2025, 1, 31))
        senior = factory.Trait(
            neighbourhood=None,
            member=factory.SubFactory(
                MemberFactory,
                name="Helena Strandwick",
                rank=Member.Rank.ASSISTANT_CHIEF_CONSTABLE,
            ),
        )


class PeopleFileFactory(factory.django.DjangoModelFactory):
    """A file that was put up; ``imported=True`` for one whose import stands."""

    class Meta:
        model = PeopleFile

    force = factory.SubFactory(ForceFactory)
    source = "people.csv"
    sha256 = "0" * 64
    encrypted = factory.LazyFunction(
        lambda: (
            Fernet(settings.SECRETS_KEY)
            .encrypt(b"reference,name,role,rank,neighbourhood,from")
            .decode()
        )
    )
    kept_at = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)

    class Params:
        imported = factory.Trait(
            run=factory.SubFactory(ImportRunFactory, force=factory.SelfAttribute("..force"))
        )


class NamedContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NamedContact

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    posting = factory.SubFactory(
        PostingFactory, neighbourhood=factory.SelfAttribute("..neighbourhood")
    )
    from_on = date(2023, 5, 8)

    class Params:
        vacant = factory.Trait(posting=None)


class CoverFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Cover

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    member = factory.SubFactory(
        MemberFactory,
        force=factory.SelfAttribute("..neighbourhood.force"),
        name="Tom Rackstraw",
    )
    from_on = date(2026, 3, 1)
    to_on = date(2026, 3, 31)


class ContactRouteFactory(factory.django.DjangoModelFactory):
    """An email address of a team; traits for a telephone, and for a member as its owner."""

    class Meta:
        model = ContactRoute

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    kind = ContactRoute.Kind.EMAIL
    value = "team@example.org"
    verified_on = date(2026, 2, 20)

    class Params:
        of_member = factory.Trait(neighbourhood=None, member=factory.SubFactory(MemberFactory))
        telephone = factory.Trait(kind=ContactRoute.Kind.TELEPHONE, value="01632 960 123")


class PatrolUpdateFactory(factory.django.DjangoModelFactory):
    """A draft; traits for what residents have seen."""

    class Meta:
        model = PatrolUpdate

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    title = factory.Sequence(lambda n: f"Two e-bikes seized by Tern Court, {n}")
    text = "We seized two e-bikes on Saturday.\n\nTell us if you see more."

    class Params:
        published = factory.Trait(
            state=PatrolUpdate.State.PUBLISHED,
            published_at=datetime(2026, 3, 2, 14, 30, tzinfo=UTC),
        )
        withdrawn = factory.Trait(
            state=PatrolUpdate.State.WITHDRAWN,
            published_at=datetime(2026, 3, 2, 14, 30, tzinfo=UTC),
            withdrawn_at=datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
            withdrawal_reason="It named the wrong street.",
        )
        result = factory.Trait(
            kind=PatrolUpdate.Kind.RESULT,
            told="You told us about bikes.",
            outcome="It is quieter.",
            advice="Tell us when and where.",
        )
        planned = factory.Trait(
            kind=PatrolUpdate.Kind.PLANNED,
            area="Harkstow paths",
            planned_on=date(2026, 3, 7),
            half_day=PatrolUpdate.HalfDay.AFTERNOON,
        )
        appeal = factory.Trait(kind=PatrolUpdate.Kind.APPEAL, ends_on=date(2026, 3, 10))
        emergency = factory.Trait(kind=PatrolUpdate.Kind.EMERGENCY, ends_on=date(2026, 3, 5))
        scheduled = factory.Trait(
            state=PatrolUpdate.State.SCHEDULED,
            publish_at=datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
        )
        welsh = factory.Trait(
            title_cy="Dau e-feic wedi'u cipio",
            text_cy="Cipiwyd dau e-feic ddydd Sadwrn.",
        )


class PublishingTrustFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PublishingTrust

    user = factory.SubFactory(UserFactory)
    neighbourhood = factory.SubFactory(NeighbourhoodFactory)


class OperationsHoldFactory(factory.django.DjangoModelFactory):
    """A week in one neighbourhood."""

    class Meta:
        model = OperationsHold

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    from_on = date(2026, 3, 2)
    to_on = date(2026, 3, 8)
    reason = "An operation."


class EventFactory(factory.django.DjangoModelFactory):
    """An evening in the library, years ahead; ``cancelled=True`` for one that was called off."""

    class Meta:
        model = Event

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    kind = Event.Kind.BEAT_MEETING
    title = factory.Sequence(lambda n: f"Beat meeting {n}")
    place = "Harkstow library, step-free"
    starts_at = datetime(2056, 3, 2, 18, 30, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=1))

    class Params:
        over = factory.Trait(starts_at=datetime(2026, 2, 25, 19, 0, tzinfo=UTC))
        noted = factory.Trait(
            over=True,
            noted_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
            notes="You asked about bikes.",
            attended=22,
        )
        cancelled = factory.Trait(
            cancelled_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
            cancellation_reason="The library is flooded.",
        )
        welsh = factory.Trait(title_cy="Cyfarfod", place_cy="Llyfrgell Harkstow")


class EventMoveFactory(factory.django.DjangoModelFactory):
    """A week before the event that it is of."""

    class Meta:
        model = EventMove

    event = factory.SubFactory(EventFactory)
    starts_at = factory.LazyAttribute(lambda move: move.event.starts_at - timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda move: move.starts_at + timedelta(hours=1))
    place = factory.SelfAttribute("event.place")
    moved_at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class PromiseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Promise

    event = factory.SubFactory(EventFactory, noted=True)
    what = factory.Sequence(lambda n: f"Ask the council about lamp {n}")


class RoleFactFactory(factory.django.DjangoModelFactory):
    """One power of a force's PCSOs."""

    class Meta:
        model = RoleFact

    force = factory.SubFactory(ForceFactory)
    role = Member.Role.PCSO
    from_on = date(2026, 1, 1)
    position = factory.Sequence(lambda n: n + 1)
    kind = RoleFact.Kind.CAN
    text = "Direct traffic"


class RoleGrantFactory(factory.django.DjangoModelFactory):
    """A sergeant of one neighbourhood; traits for the other roles and scopes."""

    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = RoleGrant.Role.SERGEANT
    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    from_on = date(2023, 5, 8)

    class Params:
        officer = factory.Trait(role=RoleGrant.Role.OFFICER)
        inspector = factory.Trait(role=RoleGrant.Role.INSPECTOR)
        safety_lead = factory.Trait(
            role=RoleGrant.Role.OFFICER_SAFETY_LEAD,
            neighbourhood=None,
            force=factory.SubFactory(ForceFactory),
        )
        lent = factory.Trait(
            to_on=factory.LazyAttribute(lambda grant: grant.from_on + timedelta(days=13)),
            granted_by=factory.SubFactory(UserFactory),
            lent_by=factory.SelfAttribute("granted_by"),
        )
        administrator = factory.Trait(
            role=RoleGrant.Role.FORCE_ADMINISTRATOR,
            neighbourhood=None,
            force=factory.SubFactory(ForceFactory),
        )
        ended = factory.Trait(to_on=date(2025, 1, 31))


class RoleRequestFactory(factory.django.DjangoModelFactory):
    """An administrator has asked that somebody becomes an inspector."""

    class Meta:
        model = RoleRequest

    user = factory.SubFactory(UserFactory)
    role = RoleGrant.Role.INSPECTOR
    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    asked_by = factory.SubFactory(UserFactory)
    asked_at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    class Params:
        safety_lead = factory.Trait(
            role=RoleGrant.Role.OFFICER_SAFETY_LEAD,
            neighbourhood=None,
            force=factory.SubFactory(ForceFactory),
        )
        refused = factory.Trait(ended_at=datetime(2026, 3, 3, 9, 0, tzinfo=UTC))


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    user = factory.SubFactory(UserFactory)

    class Params:
        accepted = factory.Trait(accepted_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
        replaced = factory.Trait(replaced_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC))


class NoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notice

    kind = Notice.Kind.VACANT
    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    user = factory.SubFactory(UserFactory)
    about_on = date(2026, 3, 2)


class AuditEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuditEvent

    by = "imran.dalvari"
    verb = "update.published"
    subject_type = "teams.patrolupdate"
    subject_id = "1"


class AuditSealFactory(factory.django.DjangoModelFactory):
    """A seal over no event; give it the number of one, and what it follows."""

    class Meta:
        model = AuditSeal

    event_number = factory.Sequence(lambda n: 1_000_000 + n)
    parent = factory.Sequence(lambda n: f"{n:064x}")
    seal = factory.Sequence(lambda n: f"{n + 2**128:064x}")
    sealed_at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class SafetyStampFactory(factory.django.DjangoModelFactory):
    """There is one; made again it is the same."""

    class Meta:
        model = SafetyStamp
        django_get_or_create = ("pk",)

    pk = SafetyStamp.ONLY


class UnhidingFactory(factory.django.DjangoModelFactory):
    """Somebody has asked; ``confirmed=True`` for one that a second person confirmed."""

    class Meta:
        model = Unhiding

    member = factory.SubFactory(MemberFactory, hidden=True)
    asked_by = factory.SubFactory(UserFactory)
    asked_at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    class Params:
        confirmed = factory.Trait(
            confirmed_by=factory.SubFactory(UserFactory),
            confirmed_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
        )


class SessionFactory(factory.django.DjangoModelFactory):
    """Of a browser that nobody signed in with; pass ``user`` for one of staff."""

    class Meta:
        model = Session

    session_key = factory.Sequence(lambda n: f"session-{n}")
    session_data = ""
    expire_date = datetime(2050, 1, 1, tzinfo=UTC)


class PatrolTotalFactory(factory.django.DjangoModelFactory):
    """An hour on a Tuesday morning."""

    class Meta:
        model = PatrolTotal

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    on = date(2026, 3, 10)
    half_day = PatrolUpdate.HalfDay.MORNING
    minutes = 60
    source = PatrolTotal.Source.IMPORT


class PatrolFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Patrol

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    user = factory.SubFactory(UserFactory)
    started_at = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda patrol: patrol.started_at + timedelta(hours=3))


class DutyCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DutyCode

    force = factory.SubFactory(ForceFactory)
    code = factory.Sequence(lambda n: f"N{n}")
    kind = Kind.HERE


class DutyFactory(factory.django.DjangoModelFactory):
    """An early shift in the neighbourhood, imported; traits for other kinds and a roll-call."""

    class Meta:
        model = Duty

    member = factory.SubFactory(MemberFactory)
    starts_at = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda duty: duty.starts_at + timedelta(hours=8))
    kind = Kind.HERE
    source = Duty.Source.IMPORT

    class Params:
        elsewhere = factory.Trait(kind=Kind.ELSEWHERE, reason=Reason.EVENT)
        away = factory.Trait(kind=Kind.AWAY)
        called = factory.Trait(
            source=Duty.Source.ROLL_CALL,
            starts_at=datetime(2026, 3, 10, tzinfo=UTC),
            ends_at=datetime(2026, 3, 10, 12, 0, tzinfo=UTC),
        )
