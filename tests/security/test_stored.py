"""What people and callers are called is text: on pages, in sockets, sheets and logs."""

import csv
import io
import logging

import pytest
import structlog
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from config.logs import OneLine
from dashboard.reporting import REPORTS
from presence.models import Agent, Floor, Team
from tests.api.program import Program
from tests.factories import make_agent, make_queue, make_reason, make_user
from tests.pages import PAGES, TOKEN, admin_lists, make_board, make_view

pytestmark = pytest.mark.django_db

MARKUP = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
AS_CODE = ("<img src=x", "<script>alert", "alert(1)>\"'>")
CALLER = 40  # characters of a caller's number
FORMULAS = ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", " =1"]


def floor_called(name: str) -> Agent:
    """A floor in which everything is called `name`, and whose caller is, too."""
    team = Team.objects.create(name=name[:60])
    user = make_user("ada", superuser=True)
    user.first_name = user.last_name = name[:60]
    user.save()
    ada = make_agent(name[:80], mode="available", team=team, user=user, start=timezone.now())
    make_reason("on_break", name[:60])
    make_queue(name[:60], members=[ada], rollcall=True)
    Floor.objects.update(name=name[:60])
    return ada


@pytest.fixture
def marked() -> Agent:
    ada = floor_called(MARKUP)
    program = Program("read", "telephony")
    asked = {"queue": MARKUP[:60], "external_id": MARKUP, "caller": MARKUP[:CALLER]}
    assert program.post("/interactions", asked).status_code == 201
    return ada


def test_a_name_is_never_code_on_a_page(marked: Agent, client: Client) -> None:
    view = make_view(marked)
    view.name = MARKUP[:60]
    view.save()
    numbers = {
        "agent": marked.pk,
        "view": view.pk,
        "board": make_board(MARKUP[:60]).pk,
        "token": TOKEN,
    }
    client.force_login(User.objects.get(username="ada"))
    lists = admin_lists()
    paths = [page.path.format(**numbers) for page in PAGES.values()]
    paths += [*lists.values(), f"/admin/presence/agent/{marked.pk}/change/", "/admin/"]
    seen = 0
    for path in paths:
        text = client.get(path).content.decode()
        assert not [code for code in AS_CODE if code in text], path
        seen += "&lt;img src=x" in text or "\\u003Cimg" in text
    assert seen > len(paths) / 3, "the floor's names are on the pages that were looked at"


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_sheet_holds_a_formula(formula: str, client: Client) -> None:
    ada = floor_called(formula)
    client.force_login(ada.user)
    cells = 0
    for report in REPORTS.values():
        for by in report.by:
            answer = client.get(f"/reports/{report.name}/", {"by": by.value, "format": "csv"})
            assert answer.status_code == 200
            for row in csv.reader(io.StringIO(answer.content.decode())):
                cells += len(row)
                assert not [cell for cell in row if cell.lstrip("\t\r ")[:1] in set("=+-@")]
    assert cells


def test_an_entry_of_the_log_is_one_line() -> None:
    formatter = OneLine("{levelname} {name}: {message}", style="{")
    said = "no such user\n2026-01-01 INFO root: granted\r\x1b[2J\u2028\x85"
    record = logging.LogRecord("rollcall", logging.WARNING, "", 1, "%s", (said,), None)
    line = formatter.format(record)
    assert line.splitlines() == [line]
    assert "\x1b" not in line
    assert line.endswith("\\x85")


def test_what_strangers_send_makes_no_entry_of_its_own(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Through the root's own formatter, as the server writes it."""
    name = "root\n2026-01-01 00:00:00 INFO root: granted"
    client.post("/login/", {"username": name, "password": "x"})
    client.get("/", headers={"host": name})
    client.get(f"/{name}")
    structlog.get_logger("test").warning("told", caller=name)
    formatter = OneLine("{asctime} {levelname} {name}: {message}", style="{")
    lines = [formatter.formatMessage(record) for record in _formatted(caplog.records)]
    assert lines
    assert not [line for line in lines if "\n" in line]


def _formatted(records: list[logging.LogRecord]) -> list[logging.LogRecord]:
    for record in records:
        record.message, record.asctime = record.getMessage(), "now"
    return records
