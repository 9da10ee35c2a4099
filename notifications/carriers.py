"""Carrying notices out: mail by Django, mobile and text by messages that a gateway passes on."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from notifications.kinds import Channel
from notifications.models import Gateway, Inbox, Sending
from notifications.words import Labels, labels, words
from presence import outbox
from presence.models import Preferences
from webhooks import posting
from webhooks.posting import Answer, Parcel

NO_GATEWAY = Answer(None, "There is no active gateway for this channel.")


def carry(channel: Channel, sendings: Sequence[Sending], now: datetime) -> list[Answer]:
    """Send these, and say what came of each, in their order."""
    said = labels()
    if channel is Channel.EMAIL:
        mails = [_message(one, said) for one in sendings]
        _let_go()
        return list(_mail_all(mails))
    gateway = Gateway.objects.filter(channel=channel.value, active=True).first()
    if gateway is None:
        return [NO_GATEWAY] * len(sendings)
    agents = {one.notice.agent_id for one in sendings}
    numbers = dict(Inbox.objects.filter(pk__in=agents).values_list("pk", "number"))
    parcels = [
        _parcel(gateway, one, numbers.get(one.notice.agent_id, ""), said, now) for one in sendings
    ]
    _let_go()
    return posting.post(parcels, now)


def _let_go() -> None:
    """The connection is not kept from others while a server thinks."""
    if not connection.in_atomic_block:
        connection.close()


def parcel(gateway: Gateway, id_: str, at: datetime, data: dict[str, Any], now: datetime) -> Parcel:
    """What is posted to a gateway: a message in the form of webhooks'."""
    content = {"id": id_, "type": f"notice.{gateway.channel}", "timestamp": at.isoformat()}
    body = json.dumps(content | {"data": data}, separators=(",", ":"))
    return Parcel(gateway.url, id_, body, tuple(gateway.secrets(now)))


def _parcel(gateway: Gateway, sending: Sending, number: str, said: Labels, now: datetime) -> Parcel:
    notice = sending.notice
    with as_read_by(notice.agent.user) as language:
        text = words(notice, said)
    data = {
        "to": number,
        "agent": outbox.agent(notice.agent),
        "kind": notice.kind,
        "language": language,
        "title": text.title,
        "text": text.text,
    }
    return parcel(gateway, f"notice_{sending.pk}", notice.at, data, now)


def _mail_all(mails: Iterable[EmailMessage]) -> Iterator[Answer]:
    """A server that is down is asked once for them all; an address that is none costs no other
    mail its turn."""
    down: Answer | None = None
    for one in mails:
        answer = down
        if answer is None:
            try:
                answer = _mail(one)
            except Exception as error:  # whatever it is: it is tried again later
                answer = Answer(None, f"{type(error).__name__}: {error}"[:200])
                down = answer if isinstance(error, OSError) else None
        yield answer


def _mail(message: EmailMessage) -> Answer:
    code: int
    reason: bytes | str
    try:
        message.send()
    except SMTPRecipientsRefused as refused:
        code, reason = next(iter(refused.recipients.values()))
    except SMTPDataError as refused:
        code, reason = refused.smtp_code, refused.smtp_error
    else:
        return Answer(None)
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    return Answer(code, f"Answered {code} {text}"[:200])


def _message(sending: Sending, said: Labels) -> EmailMessage:
    notice = sending.notice
    user = notice.agent.user
    with as_read_by(user):
        text = words(notice, said)
        at = formats.date_format(timezone.localtime(notice.at), "DATETIME_FORMAT")
        footer = _("In Rollcall, under Preferences, you choose what is mailed to you.")
        body = f"{text.text}\n\n{at}\n\n-- \n{footer}\n"
    # What callers and agents are called may hold what no header may.
    subject = " ".join(f"{text.title}: {text.text}".split())
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": _id(sending)}
    return EmailMessage(subject[:150], body, to=[user.email], headers=headers)


def _id(sending: Sending) -> str:
    """The same at every attempt, so that a mail that arrives twice is seen to be one."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return f"<rollcall-{sending.pk}-{sending.made_at:%Y%m%d%H%M%S%f}@{domain}>"


@contextmanager
def as_read_by(user: User) -> Iterator[str]:
    """In the language and the zone that they chose, else the account's; gives the language."""
    own = getattr(user, "preferences", None) or Preferences()
    language = own.language or settings.LANGUAGE_CODE
    zone = ZoneInfo(own.time_zone) if own.time_zone else None
    with translation.override(language), timezone.override(zone):
        yield language
