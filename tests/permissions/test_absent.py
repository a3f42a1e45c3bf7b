"""What is not there: a second way in, and acting as somebody else."""

from importlib.util import find_spec

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from tests.architecture.routes import all_routes

ACTING_AS_OTHERS = ("hijack", "impersonate", "loginas")


def test_there_is_no_django_admin():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert [route.pattern for route in all_routes() if "admin" in route.pattern] == []
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")


def test_nobody_acts_as_somebody_else():
    installed = [app for app in settings.INSTALLED_APPS for name in ACTING_AS_OTHERS if name in app]
    backends = settings.AUTHENTICATION_BACKENDS

    assert (installed, [find_spec(name) for name in ACTING_AS_OTHERS]) == ([], [None] * 3)
    assert all(backend.startswith(("allauth.", "django.", "teams.")) for backend in backends)
