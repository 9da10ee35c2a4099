"""Who is looking: the agent behind a user, and whether they supervise."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

from presence.models import Agent

SUPERVISE = "presence.supervise"

Visitor = AbstractBaseUser | AnonymousUser


def agent_of(user: Visitor) -> Agent | None:
    """The active, enrolled agent that `user` is, if any."""
    if not user.is_authenticated:
        return None
    return (
        Agent.objects.filter(user_id=user.pk, active=True, state__isnull=False)
        .select_related("team")
        .first()
    )


def may_supervise(user: Visitor) -> bool:
    return isinstance(user, User) and user.is_active and user.has_perm(SUPERVISE)


def initials(name: str) -> str:
    """At most two letters for an avatar: first and last word's."""
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    chosen = words if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()
