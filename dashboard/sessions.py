"""Signing somebody out wherever they are signed in."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from dashboard.hub import hub


def end(user_id: int) -> None:
    """End a user's sessions, and close this process's sockets of theirs: their pages ask to sign in
    again. Other processes' hubs look every few seconds, and see that the sessions are no more."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            session.delete()
    transaction.on_commit(lambda: hub.sign_out(user_id))
