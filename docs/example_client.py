"""A telephony system in small: take one call from its arrival to the end of wrap-up.

python docs/example_client.py http://127.0.0.1:8000 KEY QUEUE
"""

import sys
import uuid
from typing import Any

import httpx


class Rollcall:
    """The API, for a program with a key."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=10)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Write something once, however often the network fails meanwhile. Exits with the
        sentence of a refusal."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        for last in (False, False, True):
            try:
                answer = self._http.post(path, json=body, headers=headers)
                break
            except httpx.TransportError:
                if last:
                    raise
        if answer.is_error:
            sys.exit(answer.json()["detail"])
        shown: dict[str, Any] = answer.json()
        return shown


def main(url: str, key: str, queue: str) -> None:
    rollcall = Rollcall(url, key)
    arrival = {"external_id": str(uuid.uuid4()), "queue": queue, "caller": "+44 20 7946 0000"}
    call = rollcall.post("/interactions", arrival)
    if call["state"] != "offered":
        sys.exit(f"The call is {call['state']}: nobody in {queue} is free.")
    agent = call["legs"][-1]["agent"]
    sys.stdout.write(f"rings at {call['legs'][-1]['agent_name']}\n")
    for kind in ("answered", "held", "resumed", "hung_up", "wrap_up_done"):
        event = {"type": kind, "agent": agent, "id": f"{call['external_id']} {kind}"}
        call = rollcall.post(f"/interactions/{call['id']}/events", event)
        sys.stdout.write(f"{kind}: {call['state']}\n")
        if call["state"] == "ended":
            break
    sys.stdout.write(f"{call['outcome']}\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("Give the server's address, a key and the name of a queue.")
    main(*sys.argv[1:])
