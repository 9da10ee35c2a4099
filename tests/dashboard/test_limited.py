"""Supervisors who are bound by a limit: on no page is there more than they see."""

from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alerts.models import Alert, Rule
from dashboard import saved, tickets, wallboards
from dashboard.models import SavedView, Wallboard
from dashboard.screens import ScreenEdition
from dashboard.views.wall import _floor
from dashboard.wallboards import Wall
from presence.models import Agent, Team
from routing.models import Queue
from routing.sight import Sight
from tests.factories import make_agent, make_limit, make_team, make_user, row_of
from tests.two_teams import ada, blue, bob, sales, support

__all__ = ["ada", "blue", "bob", "sales", "support"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(blue: Team) -> User:
    """A supervisor who sees Blue only."""
    user = make_user("lead")
    user.groups.add(Group.objects.get(name="Supervisor"))
    make_limit(user, teams=[blue])
    return user


@pytest.fixture
def client(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_monitor_shows_and_counts_whom_they_see(
    client: Client, ada: Agent, bob: Agent, sales: Queue, support: Queue
) -> None:
    shown = page(client, "/monitor/")
    assert "Ada" in shown
    for hidden in ("Bob Whitfield", "Crimson", "Support"):
        assert hidden not in shown
    assert 'data-queue="' + str(sales.pk) in shown
    assert '</svg>1<span class="unseen"> ready' in shown


def test_filters_do_not_widen_it(client: Client, bob: Agent, sales: Queue, support: Queue) -> None:
    for asked in (f"team={bob.team_id}", f"queue={support.pk}", "group=team", "group=queue"):
        assert "Bob Whitfield" not in page(client, f"/monitor/?{asked}")


@pytest.mark.usefixtures("bob", "sales")
def test_an_agent_they_see_by_a_queue_stands_in_their_teams_group(
    client: Client, lead: User, support: Queue
) -> None:
    lead.limits.get().teams.clear()
    lead.limits.get().queues.add(support)
    by_team, by_queue = page(client, "/monitor/?group=team"), page(client, "/monitor/?group=queue")
    assert "Bob Whitfield" in by_team
    assert "Crimson" in by_team
    assert "Bob Whitfield" in by_queue
    assert "Ada" not in by_team + by_queue


def test_f2_nothing_is_done_to_an_agent_of_another_team(client: Client, bob: Agent) -> None:
    before = row_of(bob).version
    for path in (
        reverse("set_mode", args=[bob.pk]),
        *(
            reverse("act", args=[bob.pk, name])
            for name in ("cancel_pending", "end_wrap_up", "reset_call", "log_out_agent")
        ),
    ):
        answer = client.post(path, {"choice": "busy"})
        assert answer.status_code == 404
        assert "Bob Whitfield" not in answer.content.decode()
    assert client.get(reverse("agent_day", args=[bob.pk])).status_code == 404
    assert row_of(bob).version == before


def test_f2_of_a_selection_only_those_are_set_who_are_seen(
    client: Client, ada: Agent, bob: Agent
) -> None:
    before = row_of(bob).version
    chosen = {"agent": [ada.pk, bob.pk], "act": "set_mode", "choice": "busy"}
    answer = client.post(reverse("selection"), chosen)
    assert "Bob Whitfield" not in answer.content.decode()
    assert row_of(ada).mode_id == "busy"
    assert row_of(bob).version == before


def test_an_agent_who_supervises_still_reads_their_own_day(
    client: Client, blue: Team, lead: User
) -> None:
    """And nobody else's of a team that they do not watch."""
    own = make_agent("Lea", user=lead)
    assert "Lea" in page(client, reverse("agent_day", args=[own.pk]))


def test_reports_offer_and_count_what_they_see(
    client: Client, ada: Agent, bob: Agent, sales: Queue, support: Queue
) -> None:
    shown = page(client, "/reports/workforce/")
    assert "Ada" in shown
    assert "Only the teams and queues that you see count." in shown
    sheet = page(client, "/reports/workforce/?format=csv") + page(client, "/reports/queues/")
    for hidden in ("Bob Whitfield", "Crimson", "Support"):
        assert hidden not in shown + sheet


@pytest.mark.parametrize("name", ["team", "queue"])
def test_a_report_of_what_they_do_not_see_is_refused(
    client: Client, bob: Agent, support: Queue, name: str
) -> None:
    key = {"team": bob.team_id, "queue": support.pk}[name]
    answer = client.get(f"/reports/time/?{name}={key}")
    assert answer.status_code == 400
    assert "Bob Whitfield" not in answer.content.decode()


def raise_alert(subject: str, name: str) -> Alert:
    rule, now = Rule.objects.all()[0], timezone.now()
    return Alert.objects.create(
        rule=rule, subject=subject, name=name, severity="warning", since=now, raised_at=now
    )


def test_alerts_are_about_whom_and_what_they_see(
    client: Client, ada: Agent, bob: Agent, sales: Queue, support: Queue
) -> None:
    raise_alert(f"agent:{ada.pk}", "Ada's")
    raise_alert(f"queue:{sales.pk}", "Sales'")
    raise_alert(f"team:{ada.team_id}", "Blue's")
    raise_alert("connector:1", "The telephony's")
    raise_alert(f"agent:{bob.pk}", "Bob's")
    raise_alert(f"queue:{support.pk}", "Support's")
    raise_alert(f"team:{bob.team_id}", "Red's")
    for path in ("/monitor/", "/alerts/"):
        shown = page(client, path)
        for name in ("Ada's", "Sales'", "Blue's", "The telephony's"):
            assert name in shown, (path, name)
        for name in ("Bob's", "Support's", "Red's"):
            assert name not in shown, (path, name)


def test_f2_an_alert_about_another_team_is_acknowledged_by_no_stranger(
    client: Client, bob: Agent
) -> None:
    alert = raise_alert(f"agent:{bob.pk}", "Bob's")
    answer = client.post(reverse("acknowledge_alert", args=[alert.pk]))
    assert answer.status_code == 404
    alert.refresh_from_db()
    assert alert.acknowledged_at is None


def test_views_are_shared_with_the_teams_that_they_see(
    client: Client, lead: User, blue: Team, bob: Agent
) -> None:
    other = make_user("other")
    SavedView.objects.create(owner=other, name="Blue's view", team=blue)
    assert bob.team
    SavedView.objects.create(owner=other, name="Red's view", team=bob.team)
    bob.team.supervisors.add(lead)
    assert [entry.name for entry in saved.menu(lead)] == ["Blue's view"]
    with pytest.raises(saved.SaveError):
        saved.save(lead, "Mine", "", str(bob.team_id), replace=False)


# --- wallboards -------------------------------------------------------------------------------


def make(client: Client, **fields: object) -> Wallboard:
    client.post(reverse("wallboards"), {"name": "Wall", "language": "en", **fields})
    return Wallboard.objects.get(name="Wall")


@pytest.mark.usefixtures("sales", "support")
def test_a_wallboard_counts_no_more_than_its_maker_sees(client: Client, lead: User) -> None:
    wall = Wall.of(make(client))
    assert wall.sight == lead.limits.get().sight
    edition = ScreenEdition(wall)
    edition.take(edition.render(_floor()))
    parts, queues = edition.shown
    assert "Support" not in "".join(queues)
    assert "Sales" in "".join(queues)
    text = "".join(parts["tiles"].split())
    assert "<b>1</b>" in text or ">1<" in text
    assert ">2<" not in text


def test_a_screens_ticket_keeps_what_its_wallboard_may_count(client: Client) -> None:
    wall = Wall.of(make(client))
    again = tickets.accept(tickets.issue(tickets.for_screen(wall)))
    assert again
    assert again.wall == wall


def test_a_wallboard_is_offered_only_what_they_see(
    client: Client, bob: Agent, support: Queue
) -> None:
    shown = page(client, reverse("wallboards"))
    assert "Blue" in shown
    assert "Crimson" not in shown
    assert "Support" not in shown
    client.post(reverse("wallboards"), {"name": "W", "language": "en", "teams": [bob.team_id]})
    assert not Wallboard.objects.exists()


def test_f2_wallboards_of_others_are_not_there(client: Client, lead: User) -> None:
    """But for those that show no more than they see themselves."""
    whole = Wallboard.objects.create(name="Everybody's", token_hash="1")
    shared = Wallboard.objects.create(name="Blue's too", token_hash="2")
    shared.limits.set(lead.limits.all())
    wider = Wallboard.objects.create(name="Wider", token_hash="3")
    wider.limits.set([lead.limits.get(), make_limit(teams=[make_team("Green")])])
    shown = page(client, reverse("wallboards"))
    assert "Blue's too" in shown
    assert "Everybody's" not in shown
    assert "Wider" not in shown
    for name in ("change", "new_link", "revoke", "preview", "preview_ticket"):
        for board in (whole, wider):
            path = reverse(f"wallboard_{name}", args=[board.pk])
            assert client.get(path).status_code == 404, path
            assert client.post(path).status_code in {404, 405}, path
    assert set(wallboards.kept_by(make_user())) == {whole, shared, wider}


def test_rules_about_others_are_not_named(client: Client, blue: Team, support: Queue) -> None:
    ours, theirs = Rule.objects.order_by("pk")[:2]
    for rule, told in ((ours, blue), (theirs, make_team("Green"))):
        rule.name = f"Few of {told}"
        rule.save()
        rule.seen_by.add(told)
    Rule.objects.create(name="Secret queue", kind="long_wait", queue=support, warning_seconds=5)
    shown = page(client, reverse("alerts"))
    assert "Few of Blue" in shown
    assert "Few of Green" not in shown
    assert "Secret queue" not in shown
    assert page(client, f"{reverse('alerts')}?rule={ours.pk}")


def test_a_ticket_says_what_its_page_may_be_told(client: Client, lead: User, blue: Team) -> None:
    text = client.get("/ticket/?monitor=1").json()["ticket"]
    ticket = tickets.accept(text)
    assert ticket
    assert ticket.sight == Sight(limited=True, teams=frozenset({blue.pk}))
    assert ticket.session == client.session.session_key
    assert client.session.session_key not in text
