"""What waits for one member of staff, of everything that they may do something about.

Each source yields its own in the order of their urgency, and asks the same number of
queries whatever the number of neighbourhoods. A new kind of work is a new source.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.queries import Case, hand_overs_at, open_cases
from neighbourhoods.clock import london_instant
from neighbourhoods.languages import text_in
from neighbourhoods.models import Force, Neighbourhood
from priorities.queries import open_promises
from reports.models import Bulletin
from teams.access import forces_where, neighbourhoods_where
from teams.models import (
    Cover,
    Duty,
    Event,
    Member,
    NamedContact,
    PatrolUpdate,
    Posting,
    RoleRequest,
    Unhiding,
    User,
)
from teams.models.member import ASKED_BEFORE
from teams.permissions import Permission
from teams.queries.roll_call import NOT_CALLED
from teams.queries.translating import untranslated_in

WARNED_AT, WARNED_AGAIN_AT = timedelta(hours=48), timedelta(hours=66)
ENDS_WITHIN = timedelta(days=2)  # so long before, a team is reminded of an appeal


class Urgency(IntEnum):
    """Residents miss something now; they will soon; it can wait for a day."""

    NOW = 0
    SOON = 1
    NEXT = 2


COLOURS = {Urgency.NOW: "red", Urgency.SOON: "orange", Urgency.NEXT: "yellow"}


@dataclass(frozen=True)
class Waiting:
    """One thing to do. ``text`` is in ``language``, which need not be that of the page."""

    kind: str
    urgency: Urgency
    text: str
    language: str
    place: Neighbourhood | Force
    url: str
    tag: str
    also: str = ""  # what else there is to say

    @property
    def colour(self) -> str:
        return COLOURS[self.urgency]


@dataclass(frozen=True)
class Desk:
    """Whose work it is, and when they look."""

    user: User
    on: date
    now: datetime
    language: str

    def places(self, permission: Permission) -> QuerySet[Neighbourhood]:
        return neighbourhoods_where(self.user, permission, on=self.on)

    def keys(self, permission: Permission) -> QuerySet:
        """The keys of those places, for a query that looks into them."""
        return self.places(permission).order_by().values("pk")

    def forces(self, permission: Permission) -> QuerySet[Force]:
        return forces_where(self.user, permission, on=self.on)

    def item(self, kind: str, urgency: Urgency, about: object, **more: object) -> Waiting:
        """Something to do in the neighbourhood of ``about``, or in ``about`` itself."""
        place = getattr(about, "neighbourhood", about)
        if "text" in more:
            return Waiting(kind, urgency, language=self.language, place=place, **more)
        text, language = text_in(self.language, about, "title" if place != about else "name")
        return Waiting(kind, urgency, text=text, language=language, place=place, **more)


def waiting_for(desk: Desk) -> list[Waiting]:
    """All that waits, most urgent first; of the same urgency in the order of ``SOURCES``."""
    found = [item for source in SOURCES for item in source(desk)]
    return sorted(found, key=lambda item: item.urgency)


def _at(name: str, place: Neighbourhood, **more: object) -> str:
    return reverse(name, kwargs={**place.url_kwargs, **more})


def _messages(desk: Desk) -> Iterator[Waiting]:
    """What residents wait for an answer to, but for what waits for them."""
    for case in open_cases(desk.keys(Permission.MESSAGE_READ), desk.now, reader=desk.user):
        if case.clock.late or not case.clock.paused:
            place, message = case.message.neighbourhood, case.message
            yield desk.item(
                "message",
                _urgency_of(case),
                message,
                text=_("Message %(reference)s") % {"reference": message.reference},
                url=_at("feedback:message_detail", place, pk=message.pk),
                tag=case.tag,
                also=_("Needs a look") if case.needs_look else "",
            )


def _urgency_of(case: Case) -> Urgency:
    if case.clock.late or case.clock.elapsed >= WARNED_AGAIN_AT:
        return Urgency.NOW
    return Urgency.SOON if case.clock.elapsed >= WARNED_AT else Urgency.NEXT


def _vacancies(desk: Desk) -> Iterator[Waiting]:
    naming = desk.places(Permission.NAMED_CONTACT_SET).current(on=desk.on)
    for place in _without_named_officer(naming, on=desk.on):
        yield desk.item(
            "vacancy",
            Urgency.NOW,
            place,
            url=_at("teams:neighbourhood_manage", place),
            tag=_("No named officer"),
        )


def _contacts(desk: Desk) -> Iterator[Waiting]:
    """Where somebody's contact details wait to be checked: asked for on day 35, gone on 42."""
    due = Posting.objects.on(desk.on).filter(
        neighbourhood=OuterRef("pk"), member__unconfirmed_from__lte=desk.on + ASKED_BEFORE
    )
    first = due.order_by().values("neighbourhood").annotate(first=Min("member__unconfirmed_from"))
    places = desk.places(Permission.COVER_SET).current(on=desk.on)
    places = places.annotate(first=Subquery(first.values("first"))).filter(first__isnull=False)
    for place in places.order_by("first", "name"):
        gone = place.first <= desk.on
        tag = _("Not shown to residents") if gone else _("Contact details to check")
        url = _at("teams:contact_check", place)
        yield desk.item("contact", Urgency.NOW if gone else Urgency.SOON, place, url=url, tag=tag)


def _updates(desk: Desk) -> Iterator[Waiting]:
    """Drafts of others that this account may publish: in an emergency now."""
    drafts = PatrolUpdate.objects.drafts().select_related("neighbourhood")
    drafts = drafts.filter(neighbourhood__in=desk.keys(Permission.UPDATE_PUBLISH))
    urgencies = {
        PatrolUpdate.Kind.EMERGENCY: Urgency.NOW,
        PatrolUpdate.Kind.APPEAL: Urgency.SOON,
    }
    for update in drafts.exclude(written_by=desk.user):
        yield desk.item(
            "update",
            urgencies.get(update.kind, Urgency.NEXT),
            update,
            url=_at("teams:update_preview", update.neighbourhood, pk=update.pk),
            tag=_("Update waits to be published"),
        )


def _appeals(desk: Desk) -> Iterator[Waiting]:
    """Appeals that will soon leave the pages: a new one is written, or what came of it."""
    published = PatrolUpdate.objects.filter(
        state=PatrolUpdate.State.PUBLISHED,
        kind=PatrolUpdate.Kind.APPEAL,
        ends_on__range=(desk.on, desk.on + ENDS_WITHIN),
        neighbourhood__in=desk.keys(Permission.UPDATE_PUBLISH),
    )
    for update in published.select_related("neighbourhood").order_by("ends_on", "pk"):
        yield desk.item(
            "appeal",
            Urgency.SOON,
            update,
            url=_at("teams:update_preview", update.neighbourhood, pk=update.pk),
            tag=_("Appeal ends on %(day)s") % {"day": date_format(update.ends_on, "j F")},
        )


def _unhidings(desk: Desk) -> Iterator[Waiting]:
    """Where somebody asks to show a name again and this account may confirm it."""
    asked = Unhiding.objects.waiting().exclude(asked_by=desk.user).exclude(member__user=desk.user)
    said = {"text": _("Show a name again"), "tag": _("Waits for a second person")}
    near = {"neighbourhood": OuterRef("pk"), "member__in": asked.values("member")}
    places = desk.places(Permission.MEMBER_UNHIDE).filter(
        Exists(Posting.objects.filter(**near)) | Exists(Cover.objects.filter(**near))
    )
    forces = desk.forces(Permission.MEMBER_UNHIDE).filter(pk__in=asked.values("member__force"))
    for force in forces:
        url = reverse("teams:force_safety_board", kwargs={"force_id": force.pk})
        yield desk.item("unhiding", Urgency.SOON, force, url=url, **said)
    for place in places.exclude(force__in=desk.forces(Permission.MEMBER_UNHIDE).values("pk")):
        url = _at("teams:safety_board", place)
        yield desk.item("unhiding", Urgency.SOON, place, url=url, **said)


def _role_requests(desk: Desk) -> Iterator[Waiting]:
    """Roles that another administrator asks for, by force: neither by this one nor for them."""
    others = RoleRequest.objects.exclude(asked_by=desk.user).exclude(user=desk.user)
    for force in desk.forces(Permission.PEOPLE_MANAGE):
        number = others.waiting(now=desk.now).of_force(force).count()
        if number:
            yield desk.item(
                "role_request",
                Urgency.SOON,
                force,
                text=ngettext("%(number)s role to confirm", "%(number)s roles to confirm", number)
                % {"number": number},
                url=reverse("teams:role_request_list", kwargs={"force_id": force.pk}),
                tag=_("Waits for a second person"),
            )


def _hand_overs(desk: Desk) -> Iterator[Waiting]:
    """Where this account has the post, or answers for it, and something waits from before."""
    places = desk.places(Permission.POST_TAKE_OVER).current(on=desk.on)
    for hand_over in hand_overs_at(list(places), desk.now):
        takers = {member.user_id for member in hand_over.takers}
        if (number := len(hand_over.waiting)) and desk.user.pk in takers:
            place = hand_over.neighbourhood
            name = text_in(desk.language, place, "name")[0]
            yield desk.item(
                "hand_over",
                Urgency.SOON,
                place,
                text=_("Take over what was left open: %(place)s") % {"place": name},
                url=_at("feedback:hand_over_detail", place),
                tag=ngettext("%(waiting)s thing waits", "%(waiting)s things wait", number)
                % {"waiting": number},
            )


def _bulletins_to_approve(desk: Desk) -> Iterator[Waiting]:
    """Where this account may approve, and wrote none of the words."""
    bulletins = Bulletin.objects.wanting_approval().exclude(authors=desk.user)
    places = desk.keys(Permission.BULLETIN_APPROVE)
    return _bulletins(
        desk, bulletins.filter(neighbourhood__in=places), _("Decide about the bulletin")
    )


def _bulletins_to_write(desk: Desk) -> Iterator[Waiting]:
    places = desk.keys(Permission.BULLETIN_WRITE)
    bulletins = Bulletin.objects.wanting_words().filter(neighbourhood__in=places)
    return _bulletins(desk, bulletins, _("Bulletin waits for words"))


def _bulletins(desk: Desk, bulletins: QuerySet[Bulletin], tag: str) -> Iterator[Waiting]:
    for bulletin in bulletins.select_related("neighbourhood"):
        place = bulletin.neighbourhood
        yield desk.item(
            "bulletin",
            Urgency.NEXT,
            bulletin,
            text=bulletin.period.in_words,
            url=_at("reports:bulletin_preview", place, quarter=bulletin.period),
            tag=tag,
        )


def _roll_calls(desk: Desk) -> Iterator[Waiting]:
    """Where this account calls the roll and a team of police has no duty in the rows today."""
    ends = london_instant(desk.on + timedelta(days=1))
    today = Duty.objects.between(london_instant(desk.on), ends)
    police = Posting.objects.on(desk.on).exclude(member__role__in=NOT_CALLED)
    known = police.filter(member__in=today.values("member"))
    places = desk.places(Permission.ROLL_CALL).current(on=desk.on)
    teams = places.filter(pk__in=police.values("neighbourhood"))
    for place in teams.exclude(pk__in=known.values("neighbourhood")):
        name = text_in(desk.language, place, "name")[0]
        yield desk.item(
            "roll_call",
            Urgency.SOON,
            place,
            text=_("Roll-call: %(place)s") % {"place": name},
            url=_at("teams:roll_call", place),
            tag=_("Who is here today?"),
        )


def _events(desk: Desk) -> Iterator[Waiting]:
    """Events that are over and of which nobody has told what was said."""
    over = Event.objects.wanting_notes(at=desk.now).select_related("neighbourhood")
    for event in over.filter(neighbourhood__in=desk.keys(Permission.EVENT_WRITE)):
        url = _at("teams:event_note", event.neighbourhood, pk=event.pk)
        yield desk.item("event", Urgency.NEXT, event, url=url, tag=_("Tell what was said"))


def _promises(desk: Desk) -> Iterator[Waiting]:
    """Promises made at events, that this account may turn into actions."""
    for promise in open_promises(desk.keys(Permission.PRIORITY_MANAGE)):
        text, language = text_in(desk.language, promise, "what")
        place = promise.event.neighbourhood
        url = _at("priorities:promise_keep", place, pk=promise.pk)
        tag = _("Turn into an action")
        yield Waiting("promise", Urgency.NEXT, text, language, place, url, tag)


def _translations(desk: Desk) -> Iterator[Waiting]:
    for force in desk.forces(Permission.TEXT_TRANSLATE):
        if found := untranslated_in(force, now=desk.now):
            number, public = len(found), any(item.public for item in found)
            yield desk.item(
                "translation",
                Urgency.SOON if public else Urgency.NEXT,
                force,
                text=ngettext(
                    "%(number)s text without its Welsh",
                    "%(number)s texts without their Welsh",
                    number,
                )
                % {"number": number},
                url=reverse("teams:translation_list", kwargs={"force_id": force.pk}),
                tag=_("Residents read it") if public else _("Not published yet"),
            )


def _without_named_officer(neighbourhoods: QuerySet, *, on: date) -> QuerySet:
    """Those of ``neighbourhoods`` that have no police officer in post as named contact on ``on``.

    The Neighbourhood Policing Guarantee counts police officers alone, so a PCSO as
    named contact leaves a neighbourhood uncovered.
    """
    newest = NamedContact.objects.in_post(on=on).filter(neighbourhood=OuterRef("pk"))
    in_post = Posting.objects.on(on).filter(member__role=Member.Role.POLICE_OFFICER)
    return neighbourhoods.annotate(named_posting=Subquery(newest.values("posting")[:1])).filter(
        Q(named_posting__isnull=True) | ~Q(named_posting__in=in_post.values("pk"))
    )


SOURCES = (
    _messages,
    _vacancies,
    _contacts,
    _updates,
    _appeals,
    _unhidings,
    _role_requests,
    _roll_calls,
    _hand_overs,
    _promises,
    _events,
    _bulletins_to_approve,
    _bulletins_to_write,
    _translations,
)
