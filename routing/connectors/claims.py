"""Which of several connectors is believed about a phone that more than one of them has."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from presence.models import Device
from routing.models import Claim, Connector, ConnectorLink, Leg
from routing.reports import LegReported, PauseReported, PhoneReported, Report


class Claims:
    """One connector's: the phones that are logged in to its queues, and those of them about which
    a connector of lower priority number, whose link is up, is believed instead."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._mine: set[str] = set()
        self._theirs: frozenset[str] = frozenset()
        self._ignored: Counter[str] = Counter()

    def refresh(self) -> None:
        """Look again whom to believe, and keep count of what was not."""
        mine = self._connector
        before = Q(priority__lt=mine.priority) | Q(priority=mine.priority, pk__lt=mine.pk)
        others = Connector.objects.filter(
            before, active=True, link__state=ConnectorLink.State.UP
        ).exclude(pk=mine.pk)
        self._mine = set(self._claims().values_list("device__address", flat=True))
        claims = Claim.objects.filter(connector__in=others)
        self._theirs = frozenset(claims.values_list("device__address", flat=True))
        ignored, self._ignored = self._ignored, Counter()
        for address, count in ignored.items():
            own = self._claims().filter(device__address=address)
            own.update(ignored=F("ignored") + count)

    def believed(self, address: str) -> bool:
        return address not in self._theirs

    def note(self, reports: Iterable[Report]) -> None:
        """Keep which phones are logged in, as the reports have it."""
        told = {
            report.address: report.logged_in
            for report in reports
            if isinstance(report, PhoneReported) and report.logged_in is not None
        }
        new = {address for address, here in told.items() if here} - self._mine
        gone = {address for address, here in told.items() if not here} & self._mine
        if gone:
            self._claims().filter(device__address__in=gone).delete()
        if new:
            devices = Device.objects.filter(address__in=new)
            claims = [Claim(connector=self._connector, device=device) for device in devices]
            Claim.objects.bulk_create(claims, ignore_conflicts=True)
        self._mine = (self._mine | new) - gone

    def takes(self, report: Report) -> bool:
        """Whether the report counts; of a leg that counted, every one does."""
        if not isinstance(report, PhoneReported | PauseReported | LegReported):
            return True
        if self.believed(report.address) or (isinstance(report, LegReported) and _known(report)):
            return True
        self._ignored[report.address] += 1
        return False

    def phones(self) -> list[str]:
        """The phones that this connector claims and is believed about."""
        addresses = self._claims().values_list("device__address", flat=True)
        return [address for address in addresses if self.believed(address)]

    def _claims(self) -> QuerySet[Claim]:
        return Claim.objects.filter(connector=self._connector)


def _known(report: LegReported) -> bool:
    legs = Leg.objects.filter(agent__devices__address=report.address, external_id=report.leg)
    return legs.exists()
