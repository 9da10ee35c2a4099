"""What is done without anybody asking: what is due fires, callers are distributed, alerts are
judged, events and notices go out. By each server process, or by `run_clock` in its stead."""

from collections.abc import Callable

from django.db import connections
from django.utils import timezone

from alerts.watcher import Watcher
from notifications.notifier import Notifier
from presence.clock import Clock
from presence.connections import Lease
from routing import actions
from routing.distributor import Distributor
from webhooks.courier import Courier


class Background:
    """The threads at work, between `start` and `stop`, which block. `lease` is renewed and at last
    released; `sequenced` is called after new events got their place in the stream. Not `whole`,
    it keeps the lease and leaves the rest to other processes, any number of which may be at it."""

    def __init__(
        self,
        lease: Lease | None = None,
        sequenced: Callable[[], None] = lambda: None,
        *,
        whole: bool = True,
    ) -> None:
        self._lease = lease
        self._threads: list[Clock | Distributor | Watcher | Notifier | Courier] = [
            Clock(actions.apply_all if whole else None, lease)
        ]
        if whole:
            notifier = Notifier()

            def tell() -> None:
                sequenced()
                notifier.wake()

            self._threads += [Distributor(), Watcher(), Courier(tell), notifier]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        for thread in self._threads:
            thread.stop()
        if self._lease:
            self._lease.release(timezone.now())
            connections.close_all()  # this thread's, which the pool would miss
