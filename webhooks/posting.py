"""Posting signed messages to endpoints, in the form of Standard Webhooks."""

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import httpx
from standardwebhooks.webhooks import Webhook

from webhooks import reach

TIMEOUT = 10.0
"""Seconds for one attempt, from the look-up of the host to the answer's status."""
GONE = 410


@dataclass(frozen=True)
class Parcel:
    """A message for one endpoint: `id` tells the receiver whether they have had it."""

    url: str
    id: str
    body: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What came of an attempt: the HTTP status if there was one, and in words what was wrong."""

    status: int | None
    error: str = ""


def post(parcels: Iterable[Parcel], now: datetime) -> list[Answer]:
    """Post these at the same time, dated `now`; gives the answers in their order."""
    return asyncio.run(_post_all(parcels, now))


def headers(parcel: Parcel, now: datetime) -> dict[str, str]:
    """What a receiver verifies a message by."""
    signatures = [Webhook(secret).sign(parcel.id, now, parcel.body) for secret in parcel.secrets]
    return {
        "content-type": "application/json",
        "user-agent": "Rollcall",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def _post_all(parcels: Iterable[Parcel], now: datetime) -> list[Answer]:
    async with httpx.AsyncClient(timeout=TIMEOUT, verify=_tls()) as client:
        return await asyncio.gather(*(_post(client, parcel, now) for parcel in parcels))


async def _post(client: httpx.AsyncClient, parcel: Parcel, now: datetime) -> Answer:
    try:
        # The client's own timeout is for each step. The body of the answer is not read: it says
        # nothing here, and may have no end.
        async with asyncio.timeout(TIMEOUT):
            answer = await _send(client, parcel, now)
            await answer.aclose()
    except reach.Inside as error:
        return Answer(None, str(error))
    except (TimeoutError, httpx.TimeoutException):
        return Answer(None, f"No answer within {TIMEOUT:.0f} s.")
    except Exception as error:  # whatever is wrong with one address is no other's trouble
        return Answer(None, f"{type(error).__name__}: {error}"[:200])
    if answer.is_success:
        return Answer(answer.status_code)
    return Answer(answer.status_code, f"Answered {answer.status_code} {answer.reason_phrase}"[:200])


async def _send(client: httpx.AsyncClient, parcel: Parcel, now: datetime) -> httpx.Response:
    """Post to the very address that was checked, for a name may mean another the next moment. A
    redirect is an answer like any other, and leads nowhere."""
    url = httpx.URL(parcel.url)
    named = {"host": url.netloc.decode("ascii")}
    failed: httpx.ConnectError | None = None
    for address in await reach.outside(url.host):
        request = client.build_request(
            "POST",
            url.copy_with(host=address),
            content=parcel.body,
            headers=headers(parcel, now) | named,
            extensions={"sni_hostname": url.host},
        )
        try:
            return await client.send(request, stream=True, follow_redirects=False)
        except httpx.ConnectError as error:
            failed = failed or error
    raise failed or httpx.ConnectError("The host has no address.")


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
