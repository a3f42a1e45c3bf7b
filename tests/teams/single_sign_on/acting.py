"""To the issuer and back, as a browser goes."""

import hashlib

import lxml.html
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from teams.models import Session, User
from tests.issuer import Issuer

BEGIN, RETURN = "/staff/single-sign-on/", "/staff/single-sign-on/return/"
SUBJECT = "subject-of-nesta"


def linked(user: User, issuer: str, subject: str = SUBJECT) -> SocialAccount:
    uid = hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
    return SocialAccount.objects.create(user=user, provider="issuer", uid=uid)


def begun(client: Client, **form: str) -> str:
    """Where the portal leads the browser."""
    response = client.post(BEGIN, form)
    assert response.status_code == 302, lxml.html.fromstring(response.content).text_content()
    return response["Location"]


def signed_in_by(client: Client, issuer: Issuer, subject: str = SUBJECT, **sent: str):
    """What the portal answers once the issuer has sent the browser back."""
    answer = issuer.authorise(begun(client), subject) | sent
    return client.get(RETURN, {name: value for name, value in answer.items() if value})


def who_is_in(client: Client) -> User | None:
    response = client.get("/staff/")
    return response.wsgi_request.user if response.status_code == 200 else None


def is_refused(response, client: Client, reason: str) -> bool:
    """A page of ours says why, and nobody is signed in."""
    assert (response.status_code, response.context["reason"]) == (403, reason)
    assert "You are not signed in" in lxml.html.fromstring(response.content).text_content()
    assert client.get("/staff/")["Location"] == "/staff/sign-in/?next=/staff/"
    return not Session.objects.filter(user__isnull=False).exists()
