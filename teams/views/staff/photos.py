"""One's own photo: added, looked at and taken away by nobody else."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from teams.access import staff_required
from teams.forms.photos import OwnPhotoForm
from teams.models import Member, Photo
from teams.photos import NoRoom, UnusablePicture, look_at
from teams.services.photos import NameHidden, add_own_photo, remove_own_photo
from teams.views.photos import jpeg_response

REFUSALS = (UnusablePicture, NoRoom, NameHidden)


@require_http_methods(["GET", "POST"])
@staff_required
def own_photo(request: HttpRequest) -> HttpResponse:
    member = _own(request)
    form = OwnPhotoForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            upload = form.cleaned_data["photo"].read()
            add_own_photo(upload=upload, by=request.user, now=timezone.now())
        except REFUSALS as exc:
            form.add_error("photo", str(exc))
        else:
            messages.success(request, _("This is how residents see you now."))
            return redirect("teams:own_photo")
    return render(request, "teams/staff/own_photo.html", {"member": member, "form": form})


@require_safe
@staff_required
def own_photo_show(request: HttpRequest) -> HttpResponse:
    """The own photo, also while residents may not see it, as before the first day in a team."""
    photo = get_object_or_404(Photo, member__user=request.user)
    jpeg = look_at(photo.key)
    if not jpeg:
        raise Http404
    return jpeg_response(jpeg)


@require_POST
@staff_required
def own_photo_remove(request: HttpRequest) -> HttpResponse:
    _own(request)
    remove_own_photo(by=request.user, now=timezone.now())
    messages.success(request, _("Your photo is gone. Residents see your initials."))
    return redirect("teams:own_photo")


def _own(request: HttpRequest) -> Member:
    return get_object_or_404(Member.objects.select_related("photo"), user=request.user)
