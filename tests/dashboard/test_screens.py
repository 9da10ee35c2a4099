"""What a wallboard's screens are sent: its teams and queues, and nobody's name."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alerts.kinds import Kind
from alerts.models import Alert, Rule
from alerts.watch import look
from dashboard import hub as hubs
from dashboard import tickets, wallboards
from dashboard.hub import Hub
from dashboard.models import Wallboard
from dashboard.wallboards import Wall
from presence import actions
from presence.events import Choice, Choose, LegAction
from presence.models import Agent, Status, Team
from routing.actions import apply
from routing.models import Connector, ConnectorLink, Queue
from tests import factories
from tests.alerts.world import only
from tests.dashboard.test_hub import Socket, choose, hub, in_database, watch

__all__ = ["hub"]

pytestmark = pytest.mark.usefixtures("committed")


@in_database
def make_board(
    name: str = "Hall", teams: tuple[Team, ...] = (), queues: tuple[Queue, ...] = ()
) -> Wallboard:
    board = Wallboard(name=name)
    wallboards.give_link(board)
    board.teams.set(teams)
    board.queues.set(queues)
    return board


@in_database
def wall_of(board: Wallboard) -> Wall:
    (wall,) = wallboards.current([board.pk])
    return wall


async def open_screen(hub: Hub, board: Wallboard) -> Socket:
    return await watch(hub, tickets.for_screen(await wall_of(board)))


@in_database
def make_floor() -> tuple[Agent, Agent, Queue]:
    """Ada of Billing serves Helpdesk, Bob of Sales serves Orders."""
    ada, bob = (
        factories.make_agent(name, mode="available", team=factories.make_team(team))
        for name, team in (("Ada", "Billing"), ("Bob", "Sales"))
    )
    helpdesk = factories.make_queue("Helpdesk", members=[ada])
    factories.make_queue("Orders", members=[bob])
    return ada, bob, helpdesk


def shown(socket: Socket) -> dict[str, str]:
    """The parts that a screen shows after all messages."""
    parts: dict[str, str] = {}
    for message in socket.messages:
        wall = message.get("wall", {})
        parts |= wall.get("parts", {})
        if "order" in wall:
            there = {f"queue-{id_}" for id_ in wall["order"]} | {"tiles", "links", "alerts"}
            parts = {name: html for name, html in parts.items() if name in there}
    return parts


def counts(socket: Socket, status: str) -> int | None:
    """What the tile of `status` says."""
    _, _, tile = shown(socket).get("tiles", "").partition(f'data-status="{status}"')
    _, _, number = tile.partition("<b>")
    return int(number.partition("<")[0]) if number else None


def has(name: str, words: str) -> Any:
    return lambda socket: words in shown(socket).get(name, "")


async def test_a_screen_gets_its_figures_and_then_what_changes(hub: Hub) -> None:
    ada, _, helpdesk = await make_floor()
    screen = await open_screen(hub, await make_board())
    await screen.until(lambda screen: counts(screen, "available") == 2)
    assert len([name for name in shown(screen) if name.startswith("queue-")]) == 2
    await choose(ada, "busy")
    await screen.until(lambda screen: counts(screen, "busy") == 1)
    await screen.until(has(f"queue-{helpdesk.pk}", "Nobody ready"))


async def test_a_board_of_one_team_and_queue_shows_no_other(hub: Hub) -> None:
    ada, bob, helpdesk = await make_floor()
    assert ada.team
    screen = await open_screen(hub, await make_board(teams=(ada.team,), queues=(helpdesk,)))
    await screen.until(lambda screen: counts(screen, "available") == 1)
    assert shown(screen).keys() == {"tiles", "links", "alerts", f"queue-{helpdesk.pk}"}
    heard = len(screen.messages)
    await choose(bob, "busy")
    await choose(ada, "on_break")
    await screen.until(lambda screen: counts(screen, "on_break") == 1)
    assert counts(screen, "busy") == 0
    assert all("Orders" not in str(message) for message in screen.messages[heard:])


async def test_nothing_of_agents_or_callers_is_ever_sent(hub: Hub) -> None:
    ada, _, helpdesk = await make_floor()
    screen = await open_screen(hub, await make_board())
    await screen.until(lambda screen: screen.messages)
    await in_database(factories.call_in)(helpdesk, caller="020 7946 0018")
    call = await in_database(factories.make_interaction)(queue=helpdesk, caller="020 7946 0999")
    event = factories.leg_event(LegAction.OFFERED, call=factories.call_of(call))
    await in_database(apply)(ada.pk, event)
    await screen.until(lambda screen: counts(screen, "ringing") == 1)
    await screen.until(has(f"queue-{helpdesk.pk}", "<dd>1</dd>"))
    for message in screen.messages:
        assert message.keys() <= {"now", "snapshot", "page", "wall"}
        assert not [word for word in ("Ada", "Bob", "ada", "7946") if word in str(message)]


@in_database
def overstay(*agents: Agent) -> None:
    """They take a break that is too long, for a reason that is theirs."""
    Status.objects.filter(pk="on_break").update(max_seconds=60)
    reason = factories.make_reason(label="Ada's landlord")
    for agent in agents:
        actions.apply(agent.pk, Choose(at=timezone.now(), choice=Choice("on_break", reason.pk)))
    look(timezone.now() + timedelta(seconds=61))


async def test_agents_with_an_alert_are_counted_and_queues_named(hub: Hub) -> None:
    ada, bob, helpdesk = await make_floor()
    screen = await open_screen(hub, await make_board())
    await screen.until(has("alerts", "All well"))
    await in_database(only)(Kind.GAP, only_when_waiting=False, critical_seconds=1)
    await in_database(Rule.objects.filter(kind=Kind.LONG_STATUS).update)(active=True)
    await overstay(ada, bob)
    await screen.until(has("alerts", "2 agents too long in one status"))
    await screen.until(has("alerts", "<b>Helpdesk</b>"))
    line = shown(screen)["alerts"]
    assert line.index('"critical"') < line.index("<b>Helpdesk</b>") < line.index("2 agents")
    assert not [word for word in ("Ada", "Bob", "landlord") if word in str(screen.messages)]
    await in_database(Alert.objects.filter(subject=f"queue:{helpdesk.pk}").update)(
        cleared_at=timezone.now() + timedelta(minutes=2)
    )
    await screen.until(lambda screen: "Helpdesk" not in shown(screen)["alerts"])


async def test_a_board_tells_no_alerts_of_teams_and_queues_that_it_does_not_show(hub: Hub) -> None:
    ada, bob, helpdesk = await make_floor()
    assert ada.team
    await overstay(ada, bob)
    screen = await open_screen(hub, await make_board(teams=(ada.team,), queues=(helpdesk,)))
    await screen.until(has("alerts", "1 agent too long in one status"))
    assert "Orders" not in str(screen.messages)


async def test_f8_a_queue_that_is_gone_leaves_every_screen(hub: Hub) -> None:
    _, _, helpdesk = await make_floor()
    board = await make_board()
    early = await open_screen(hub, board)
    await early.until(has(f"queue-{helpdesk.pk}", "Helpdesk"))
    await in_database(Queue.objects.filter(pk=helpdesk.pk).update)(active=False)
    await early.until(lambda early: f"queue-{helpdesk.pk}" not in shown(early))
    late = await open_screen(hub, board)
    await late.until(lambda late: "tiles" in shown(late))
    assert f"queue-{helpdesk.pk}" not in shown(late)


async def test_screens_of_one_board_share_one_rendering(hub: Hub) -> None:
    await make_floor()
    board = await make_board()
    screens = [await open_screen(hub, board) for _ in range(3)]
    for screen in screens:
        await screen.until(lambda screen: screen.messages)
    assert len(hub._editions) == 1
    assert len({str(screen.messages[-1]) for screen in screens}) == 1


async def test_a_screen_goes_dark_when_its_link_is_revoked(hub: Hub) -> None:
    board, other = await make_board(), await make_board("Other")
    screen, kept = await open_screen(hub, board), await open_screen(hub, other)
    await screen.until(lambda screen: screen.messages)
    await in_database(wallboards.revoke)(board, timezone.now())
    await screen.until(lambda screen: screen.closed == hubs.WITHDRAWN)
    assert kept.closed is None


async def test_a_new_link_shows_the_old_screens_out(hub: Hub) -> None:
    board = await make_board()
    screen = await open_screen(hub, board)
    await in_database(wallboards.give_link)(board)
    await hub._recheck()
    await screen.until(lambda screen: screen.closed == hubs.WITHDRAWN)


async def test_a_board_that_is_set_up_anew_is_another_page(hub: Hub) -> None:
    board = await make_board()
    before = await open_screen(hub, board)
    await before.until(lambda before: before.messages)
    await in_database(Wallboard.objects.update)(name="Lobby")
    await before.until(lambda before: before.closed == hubs.WITHDRAWN)
    after = await open_screen(hub, board)
    await after.until(lambda after: after.messages)
    assert before.messages[0]["page"] != after.messages[0]["page"]


async def test_a_board_that_nobody_watches_is_forgotten(hub: Hub) -> None:
    ada, _, _ = await make_floor()
    board = await make_board()
    first = await open_screen(hub, board)
    await first.until(lambda first: first.messages)
    for outbox in list(hub._sockets):
        hub.leave(outbox)
    monitor = await watch(hub)
    await choose(ada, "busy")
    await monitor.until(lambda monitor: not [e for e in hub._editions if isinstance(e, Wall)])
    again = await open_screen(hub, board)
    await again.until(lambda again: counts(again, "busy") == 1)


async def test_g7_lost_telephony_is_said_without_its_reasons(hub: Hub) -> None:
    connector = await in_database(Connector.objects.create)(name="pbx", user="u", secret="s")
    hour_ago = timezone.now() - timedelta(hours=1)
    screen = await open_screen(hub, await make_board())
    await screen.until(has("links", "not connected"))
    await in_database(ConnectorLink.objects.update_or_create)(
        connector=connector,
        defaults={"state": "down", "since": hour_ago, "error": "refused by 10.0.0.7"},
    )
    await screen.until(has("links", "Its figures are old"))
    assert "10.0.0.7" not in str(screen.messages)


async def test_a_screen_is_nobodys_webphone_and_outlives_every_recheck_of_people(hub: Hub) -> None:
    ticket = tickets.for_screen(await wall_of(await make_board()))
    assert (ticket.user, ticket.agent, ticket.monitor) == (None, None, False)
    screen = await watch(hub, ticket)
    await hub._recheck()
    await hub._recheck()
    assert screen.closed is None
