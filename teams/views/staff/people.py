from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from teams.access import force_permission_required, fresh_proof_required
from teams.forms.people import InviteForm, LastDayForm, MemberForm, PostingForm
from teams.forms.posts import RoutesForm
from teams.models import ContactRoute, Member, RoleGrant, RoleRequest
from teams.permissions import Permission
from teams.queries.signing_in import passkeys_of
from teams.services.invitations import EmailTaken, HasLeft, invite_member
from teams.services.people import (
    AlreadyPosted,
    ReferenceTaken,
    add_member,
    change_member,
    end_member,
    end_posting,
    post_member,
)
from teams.services.posts import set_member_routes
from teams.services.roles import AskedAlready, NoAccount, OwnRole
from teams.services.signing_in import mark_phone

people_managed = force_permission_required(Permission.PEOPLE_MANAGE)
PAGE_SIZE = 50


@require_safe
@people_managed
def member_list(request: HttpRequest, force: Force) -> HttpResponse:
    members = force.members.serving(on=london_date(timezone.now())).select_related("user")
    words = request.GET.get("q", "").replace("\0", "").strip()
    if words:
        members = members.named(words)
    page = Paginator(members, PAGE_SIZE).get_page(request.GET.get("page"))
    query = urlencode({"q": words}) if words else ""
    context = {"force": force, "page": page, "words": words, "query": query}
    return render(request, "teams/staff/member_list.html", context)


@require_http_methods(["GET", "POST"])
@people_managed
def member_add(request: HttpRequest, force: Force) -> HttpResponse:
    form = MemberForm(request.POST or None)
    if form.is_valid():
        try:
            member = add_member(force=force, details=form.cleaned_data, by=request.user)
        except ReferenceTaken as exc:
            form.add_error("reference", str(exc))
        else:
            messages.success(request, _("Added. Now put them into a team."))
            return to_member(member)
    context = {"force": force, "form": form, "heading": _("Add a person")}
    return render(request, "teams/staff/member_form.html", context)


@require_safe
@people_managed
def member_manage(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    member = get_object_or_404(force.members.select_related("user"), pk=pk)
    context = {
        **_record(member, now=timezone.now()),
        "force": force,
        "is_self": member.user_id == request.user.pk,
    }
    return render(request, "teams/staff/member_manage.html", context)


def _record(member: Member, *, now: datetime) -> dict[str, object]:
    """What the force knows of a member: routes, postings, roles held and asked for."""
    on, places = london_date(now), ("neighbourhood", "area", "force")
    grants = RoleGrant.objects.on(on).filter(user=member.user_id)
    return {
        "member": member,
        "routes": member.contact_routes.all(),
        "postings": member.postings.serving(on=on).select_related("neighbourhood"),
        "passkeys": passkeys_of(member.user),
        "grants": grants.select_related(*places, "lent_by"),
        "requests": RoleRequest.objects.waiting(now=now)
        .filter(user=member.user_id)
        .select_related(*places),
    }


@require_http_methods(["GET", "POST"])
@people_managed
def member_change(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    member = get_object_or_404(force.members, pk=pk)
    initial = {name: getattr(member, name) for name in MemberForm.base_fields}
    form = MemberForm(request.POST or None, initial=initial)
    arguments = {"details": form.cleaned_data} if form.is_valid() else None
    return step(request, member, form, "reference", _("Change details"), change_member, arguments)


@require_http_methods(["GET", "POST"])
@people_managed
def member_routes_set(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    member = get_object_or_404(force.members, pk=pk)
    form = RoutesForm(
        request.POST or None, initial=dict(member.contact_routes.values_list("kind", "value"))
    )
    arguments = {"routes": form.cleaned_data} if form.is_valid() else None
    heading = _("How residents reach this person")
    return step(request, member, form, None, heading, set_member_routes, arguments)


@require_http_methods(["GET", "POST"])
@people_managed
@fresh_proof_required()
def member_invite(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    member = get_object_or_404(force.members.select_related("user"), pk=pk)
    form = InviteForm(request.POST or None, initial=_invited_as(member))
    arguments = {**form.cleaned_data, "now": timezone.now()} if form.is_valid() else None
    heading = _("Invite to sign in")
    done = _("The link is on its way. It works once, for 3 days.")
    return step(request, member, form, "email", heading, invite_member, arguments, done)


def _invited_as(member: Member) -> dict[str, str]:
    """The address and language of the account, else the address that residents see."""
    if member.user:
        return {"email": member.user.email, "language": member.user.language}
    shown = member.contact_routes.filter(kind=ContactRoute.Kind.EMAIL).first()
    return {"email": shown.value if shown else "", "language": "en-gb"}


@require_POST
@people_managed
@fresh_proof_required(back_to="teams:member_manage", without=("passkey_pk",))
def phone_mark(request: HttpRequest, force: Force, pk: int, passkey_pk: int) -> HttpResponse:
    member = get_object_or_404(force.members, pk=pk, user__isnull=False)
    passkeys = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, user=member.user_id)
    passkey = get_object_or_404(passkeys.select_related("user"), pk=passkey_pk)
    mark_phone(passkey=passkey, of_force="of_force" in request.POST, by=request.user)
    messages.success(request, _("Saved."))
    return to_member(member)


@require_http_methods(["GET", "POST"])
@people_managed
def posting_add(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    member = get_object_or_404(force.members, pk=pk)
    today = london_date(timezone.now())
    form = PostingForm(request.POST or None, force=force, on=today, initial={"from_on": today})
    arguments = form.cleaned_data if form.is_valid() else None
    heading = _("Add to a team")
    return step(request, member, form, "neighbourhood", heading, post_member, arguments)


@require_http_methods(["GET", "POST"])
@people_managed
def posting_end(request: HttpRequest, force: Force, pk: int, posting_pk: int) -> HttpResponse:
    member = get_object_or_404(force.members, pk=pk)
    posting = get_object_or_404(member.postings.select_related("member"), pk=posting_pk)
    form = LastDayForm(request.POST or None, initial={"last_on": london_date(timezone.now())})
    if form.is_valid():
        end_posting(posting=posting, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return to_member(member)
    return _show(request, member, form, _("Last day in this team"))


@require_http_methods(["GET", "POST"])
@people_managed
def member_end(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    member = get_object_or_404(force.members.select_related("user"), pk=pk)
    today = london_date(timezone.now())
    form = LastDayForm(request.POST or None, initial={"last_on": today})
    arguments = {**form.cleaned_data, "today": today} if form.is_valid() else None
    heading = _("Last day in the force's service")
    return step(request, member, form, "last_on", heading, end_member, arguments)


REFUSALS = (AlreadyPosted, AskedAlready, EmailTaken, HasLeft, NoAccount, OwnRole, ReferenceTaken)


def step(request, member, form, field, heading, service, arguments, done="") -> HttpResponse:
    """Take one step with a member if the form gave its arguments; if not, or refused, ask again."""
    if arguments is None:
        return _show(request, member, form, heading)
    try:
        service(member=member, by=request.user, **arguments)
    except REFUSALS as exc:
        form.add_error(field, str(exc))
        return _show(request, member, form, heading)
    messages.success(request, done or _("Saved."))
    return to_member(member)


def _show(request: HttpRequest, member: Member, form, heading: str) -> HttpResponse:
    context = {"force": member.force, "member": member, "form": form, "heading": heading}
    return render(request, "teams/staff/member_form.html", context)


def to_member(member: Member) -> HttpResponse:
    return redirect("teams:member_manage", force_id=member.force_id, pk=member.pk)
