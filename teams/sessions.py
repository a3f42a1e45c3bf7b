"""Sessions as rows that say whose they are, and how long one of staff lasts."""

from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from teams.models import Session

LASTS = timedelta(hours=10)
IDLE = timedelta(minutes=30)
# Not with every page: a session ends that much early rather than late.
SEEN_EVERY = timedelta(minutes=1)
# Of a sign-in with a passkey on a phone that the force manages: it may lie idle a whole shift.
WHOLE_SHIFT_KEY = "teams.whole_shift"


class SessionStore(DatabaseStore):
    """Django's, with the row at hand. What a session holds cannot be read in the database:

    the key of an app that is being set up and the secrets of links are in there for a while.
    """

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, object]:
        self.row = self._get_session_from_db()
        return self.decode(self.row.session_data) if self.row else {}

    def create_model_instance(self, data: dict[str, object]) -> Session:
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row

    def encode(self, session_dict: dict[str, object]) -> str:
        signed = super().encode(session_dict)
        return Fernet(settings.SECRETS_KEY).encrypt(signed.encode()).decode()

    def decode(self, session_data: str) -> dict[str, object]:
        try:
            signed = Fernet(settings.SECRETS_KEY).decrypt(session_data)
        except InvalidToken:
            return {}
        return super().decode(signed.decode())

    def has_run_out(self, *, now: datetime) -> bool:
        """Whether a member of staff has to sign in again: LASTS after they did, or after IDLE."""
        idle = LASTS if self.get(WHOLE_SHIFT_KEY) else IDLE
        row = self.row
        return row is not None and (now - row.begun_at >= LASTS or now - row.seen_at >= idle)

    def keep_awake(self, *, now: datetime) -> None:
        """Note that the session is in use, without touching what it holds."""
        if self.row is not None and now - self.row.seen_at >= SEEN_EVERY:
            Session.objects.filter(pk=self.session_key).update(seen_at=now)
