"""Sessions as Django keeps them in the database, read by a statement that is built once."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from reviewapp.compiled import compiled


class SessionStore(db.SessionStore):
    """Every request reads its session once, most of them nothing else that is written."""

    def _get_session_from_db(self) -> Session | None:
        found = _stored.first(self.session_key) if self.session_key else None
        if found is not None and found.expire_date > timezone.now():
            return found
        self._session_key = None
        return None


@compiled
def _stored(session_key: str) -> QuerySet[Session]:
    return Session.objects.filter(pk=session_key)
