"""Time in status, of real histories, beside a slow and obvious count."""

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from presence.models import Agent
from reports.in_status import By, Wish, read
from tests.factories import START, at, choose, make_agent, make_team, make_user, row_of, supervising

pytestmark = pytest.mark.django_db

MADRID = ZoneInfo("Europe/Madrid")
MODES = ["available", "busy", "on_break", "do_not_disturb"]


def wander(agent: Agent, hours: int, seed: int) -> datetime:
    """Chooses modes at random for so many hours; gives when it ended."""
    random, second = Random(seed), 0
    while second < hours * 3600:
        second += random.randint(60, 7200)
        choose(agent, random.choice(MODES), second)
    return at(second + 60)


def look_every_second(agent: Agent, until: datetime) -> Counter[tuple[datetime, str]]:
    """Seconds by hour and status: one look for each second, as slow as it is plain."""
    history = [
        (one.started_at, one.ended_at, one.status_id) for one in agent.intervals.order_by("version")
    ]
    row = row_of(agent)
    history.append((row.shown_since, until, row.shown_status_id))
    seen: Counter[tuple[datetime, str]] = Counter()
    moment = START
    while moment < until:
        (status,) = [code for began, ended, code in history if began <= moment < ended]
        seen[moment.replace(minute=0, second=0, microsecond=0), status] += 1
        moment += timedelta(seconds=1)
    return seen


@pytest.mark.parametrize("seed", [5, 6])
def test_the_report_equals_one_look_for_each_second(seed: int) -> None:
    ada = make_agent("Ada", mode="available")
    now = wander(ada, 10, seed)
    lines = read(Wish(START.date(), now.date(), ZoneInfo("UTC"), By.HOUR), now)
    found = {
        (line.began, status): round(seconds, 6)
        for line in lines
        for status, seconds in line.seconds.items()
    }
    assert found == look_every_second(ada, now)


@pytest.mark.parametrize("by", list(By))
def test_g16_all_lines_add_up_to_the_clock(by: By) -> None:
    team = make_team("Sales")
    ada, bob = make_agent("Ada", mode="available", team=team), make_agent("Bob", mode="busy")
    now = max(wander(ada, 50, seed=1), wander(bob, 50, seed=2))
    first = START.date() - timedelta(days=1)
    lines = read(Wish(first, now.date(), MADRID, by), now)
    found = sum(line.total for line in lines)
    assert found == pytest.approx(2 * (now - START).total_seconds(), abs=1)
    assert any(line.open for line in lines)


def test_g15_what_still_runs_counts_until_now_and_is_open() -> None:
    make_agent("Ada", mode="available")
    (line,) = read(Wish(START.date(), START.date(), ZoneInfo("UTC")), at(90))
    assert (line.name, line.open, line.seconds) == ("Ada", True, {"available": 90.0})


def test_two_agents_of_one_name_have_lines_of_their_own_and_a_team_has_one() -> None:
    team = make_team("Sales")
    for _ in range(2):
        make_agent("Ada", mode="available", team=team)
    day = START.date(), START.date(), ZoneInfo("UTC")
    assert [line.name for line in read(Wish(*day), at(60))] == ["Ada", "Ada"]
    (line,) = read(Wish(*day, By.TEAM), at(60))
    assert (line.name, line.total) == ("Sales", 120.0)


def test_g13_a_day_of_25_hours_has_them_all() -> None:
    begin = datetime(2026, 10, 24, 12, tzinfo=UTC)
    make_agent("Ada", mode="available", start=begin)
    day = date(2026, 10, 25)
    (line,) = read(Wish(day, day, MADRID, By.DAY), begin + timedelta(days=3))
    assert line.total == 25 * 3600


@pytest.fixture
def sam(client: Client) -> Client:
    user = make_user("sam")
    user.user_permissions.add(*supervising())
    client.force_login(user)
    return client


def test_the_page_and_its_csv_tell_the_same(sam: Client) -> None:
    make_agent('=Ada "x"', mode="available", start=timezone.now() - timedelta(seconds=1))
    url = reverse("time_in_status")
    assert "Available" in sam.get(url).content.decode()
    sheet = list(csv.reader(sam.get(url, {"format": "csv"}).content.decode().splitlines()))
    assert sheet[0] == ["agent", "Available", "total", "open"]
    assert sheet[1][0] == '\'=Ada "x"'
    assert sheet[1][3] == "yes"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "2026-02-30"}, "Enter a valid date."),
        ({"first": "2026-02-03", "last": "2026-02-01"}, "The last day comes before the first."),
        ({"first": "2024-02-03", "last": "2026-02-01"}, "ask for at most 366 days"),
        ({"first": "0001-01-01", "last": "0001-01-02"}, "between 2000 and 2100"),
        ({"by": "nonsense"}, "Select a valid choice."),
        ({"team": "x" * 50}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(
    sam: Client, asked: dict[str, str], said: str
) -> None:
    answer = sam.get(reverse("time_in_status"), asked)
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_f2_reports_are_for_supervisors(client: Client) -> None:
    client.force_login(make_agent("Ada").user)
    assert client.get(reverse("time_in_status")).status_code == 403
