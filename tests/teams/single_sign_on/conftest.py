"""What the tests of single sign-on have in common: an issuer, and an account that is linked."""

import pytest
from django.core.cache import cache

from teams.models import User
from tests.factories.teams import UserFactory
from tests.issuer import CLIENT_ID, CLIENT_SECRET, issuing
from tests.teams.single_sign_on.acting import linked


@pytest.fixture
def issuer(settings):
    cache.clear()
    with issuing() as running:
        settings.OIDC_ISSUER = running.url
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        yield running
    cache.clear()


@pytest.fixture
def nesta(issuer) -> User:
    """Whose account is linked; she has neither a password nor a factor with us."""
    user = UserFactory(name="Nesta Brackenridge", email="nesta@example.org")
    linked(user, issuer.url)
    return user
