"""Reports as people ask for them: pages, addresses, CSV, and what cannot be asked."""

import csv
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard.figures import figure, no_formula, plain
from dashboard.reporting import REPORTS
from reports.sheet import Unit
from tests.factories import make_agent, make_queue, make_user, supervising

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client: Client) -> Client:
    user = make_user("sam")
    user.user_permissions.add(*supervising())
    client.force_login(user)
    return client


def address(name: str = "time") -> str:
    return reverse("report", args=[name])


def body(client: Client, name: str = "time", **asked: str) -> str:
    answer = client.get(address(name), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def sheet(client: Client, name: str = "time", **asked: str) -> list[list[str]]:
    return list(csv.reader(body(client, name, format="csv", **asked).splitlines()))


EVERY = [(report.name, by.value) for report in REPORTS.values() for by in report.by]


@pytest.mark.parametrize(("name", "by"), EVERY)
def test_every_report_has_a_page_with_its_formulas_and_a_csv(
    sam: Client, name: str, by: str
) -> None:
    ada = make_agent("Ada", mode="available", start=timezone.now() - timedelta(seconds=2))
    queue = make_queue("Support", members=[ada])
    queue.entries.create(
        interaction=queue.interactions.create(
            source="test", external_id="1", kind="queue", started_at=timezone.now()
        ),
        entered_at=timezone.now() - timedelta(seconds=1),
        waiting_since=timezone.now() - timedelta(seconds=1),
    )
    page = body(sam, name, by=by)
    if name != "agents":  # she was offered nothing
        assert "What the figures mean" in page
        assert len(sheet(sam, name, by=by)) >= 2
    assert 'style="' not in page
    assert "onclick" not in page


def test_the_index_leads_to_every_report(sam: Client) -> None:
    page = sam.get(reverse("reports")).content.decode()
    for name in REPORTS:
        assert f'href="{address(name)}"' in page


def test_the_page_and_its_csv_tell_the_same(sam: Client) -> None:
    make_agent('=Ada "x"', mode="available", start=timezone.now() - timedelta(seconds=1))
    assert "Available" in body(sam)
    head, line = sheet(sam)
    assert head == ["Agent", "Available (seconds)", "Total (seconds)", "Open"]
    assert (line[0], line[3]) == ('\'=Ada "x"', "open")
    assert line[1] == line[2]


def test_times_in_csv_are_iso_with_their_offset(sam: Client) -> None:
    make_agent("Ada", mode="available", start=timezone.now() - timedelta(days=1))
    first = timezone.localdate() - timedelta(days=1)
    lines = sheet(sam, by="hour", first=first.isoformat(), zone="Asia/Kathmandu")[1:]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00\+05:45", line[0]) for line in lines)


def test_the_link_on_the_page_says_all_that_was_asked(sam: Client) -> None:
    make_agent("Ada", mode="available", start=timezone.now() - timedelta(seconds=1))
    page = body(sam, sort="-available")
    today = timezone.localdate().isoformat()
    (link,) = re.findall(r'readonly value="(http://testserver/[^"]*)"', page)
    assert f"first={today}&amp;last={today}&amp;by=agent&amp;zone=UTC&amp;sort=-available" in link


def test_a_colleagues_link_keeps_its_zone(sam: Client) -> None:
    make_agent("Ada", mode="available", start=timezone.now() - timedelta(seconds=1))
    assert "in Pacific/Chatham." in body(sam, zone="Pacific/Chatham")


def test_the_form_offers_every_zone_once(sam: Client) -> None:
    page = body(sam, zone="Asia/Tokyo")
    for zone in ("Asia/Tokyo", "UTC", "America/Bogota"):
        assert page.count(f'<option value="{zone}"') == 1
    assert '<option value="Asia/Tokyo" selected>' in page


def test_a_chart_of_some_lines_says_so(sam: Client) -> None:
    for number in range(15):
        make_agent(f"A{number}", mode="available", start=timezone.now() - timedelta(seconds=9))
    assert "The chart shows 12 of 15 lines; all are in the table." in body(sam)


def test_a_column_sorts_by_its_head(sam: Client) -> None:
    for seconds, name in ((5, "Ada"), (50, "Bob"), (20, "Eve")):
        make_agent(name, mode="available", start=timezone.now() - timedelta(seconds=seconds))

    def order(sort: str) -> list[str]:
        return re.findall(r'<th scope="row">(\w+) ', body(sam, sort=sort))

    assert order("") == ["Ada", "Bob", "Eve"]
    assert order("-available") == ["Bob", "Eve", "Ada"]
    assert order("available") == ["Ada", "Eve", "Bob"]
    assert order("-") == ["Eve", "Bob", "Ada"]
    assert order("nonsense") == ["Ada", "Bob", "Eve"]
    assert 'aria-sort="descending"' in body(sam, sort="-available")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "2026-02-30"}, "Enter a valid date."),
        ({"first": "2026-02-03", "last": "2026-02-01"}, "The last day comes before the first."),
        ({"first": "2024-02-03", "last": "2026-02-01"}, "ask for at most 366 days"),
        ({"first": "2026-01-01", "last": "2026-02-01", "by": "hour"}, "ask for at most 31 days"),
        ({"first": "0001-01-01", "last": "0001-01-02"}, "between 2000 and 2100"),
        ({"first": "2026-01-01", "last": "9999-12-31"}, "between 2000 and 2100"),
        ({"by": "nonsense"}, "Select a valid choice."),
        ({"by": "quarter"}, "Select a valid choice."),
        ({"team": "x" * 50}, "Select a valid choice."),
        ({"team": "9" * 40}, "Select a valid choice."),
        ({"queue": "9" * 5000}, "Select a valid choice."),
        ({"queue": "\x00"}, "Null characters are not allowed."),
        ({"zone": "../etc/passwd"}, "Select a valid choice."),
        ({"zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"zone": "\x00" * 9}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(
    sam: Client, asked: dict[str, str], said: str
) -> None:
    answer = sam.get(address(), asked)
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_a_report_that_does_not_exist_is_not_found(sam: Client) -> None:
    assert sam.get(address("nonsense")).status_code == 404


@pytest.mark.parametrize("path", [reverse("reports"), *(address(name) for name in REPORTS)])
def test_f2_reports_are_for_supervisors(client: Client, path: str) -> None:
    assert client.get(path).status_code == 302
    client.force_login(make_agent("Ada").user)
    assert client.get(path).status_code == 403


def test_a_floor_with_no_history_leads_on(sam: Client) -> None:
    assert "There is nothing to tell of these days." in body(sam)


def test_a_gap_is_marked_in_words_and_by_a_sign(sam: Client) -> None:
    make_agent("Ada", mode="busy", start=timezone.now() - timedelta(seconds=1))
    page = body(sam, "coverage")
    assert "Nobody was ready for" in page
    assert re.search(r'class="gap-mark"><svg class="icon".*?</svg>Gap', page)


@pytest.mark.parametrize(
    ("value", "unit", "text", "number"),
    [
        (None, Unit.SHARE, "–", ""),  # noqa: RUF001
        (445_445.4, Unit.TIME, "123:44:05", "445445"),
        (0, Unit.TIME, "0:00:00", "0"),
        (7, Unit.COUNT, "7", "7"),
        (0.79999, Unit.SHARE, "80.0%", "0.8000"),
        (14 / 19, Unit.SHARE, "73.7%", "0.7368"),
        (0.0005, Unit.SHARE, "0.1%", "0.0005"),
        (2.5, Unit.TIME, "0:00:03", "3"),
        (2 / 3, Unit.LEVEL, "0.67", "0.6667"),
        (0.8, Unit.SHARE, "80.0%", "0.8000"),
        (1 / 3, Unit.LEVEL, "0.33", "0.3333"),
    ],
)
def test_figures_read_well(value: float | None, unit: Unit, text: str, number: str) -> None:
    assert (figure(value, unit), plain(value, unit)) == (text, number)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "\n=1"])
def test_no_name_is_a_formula(text: str) -> None:
    assert no_formula(text) == f"'{text}"
