"""What colleagues call a user."""

from django.contrib.auth.models import User


def name_of(user: User | None) -> str:
    """The agent's name, else their own, else their log-in; empty for nobody."""
    if user is None:
        return ""
    if hasattr(user, "agent"):
        return str(user.agent.name)
    return user.get_full_name() or user.get_username()
