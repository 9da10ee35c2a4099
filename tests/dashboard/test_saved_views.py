"""Views of the monitor that people keep, share, and open it with; and how they arrange it."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from dashboard import saved
from dashboard.columns import COLUMNS, KEYS, arrange
from dashboard.models import Layout, SavedView
from tests.factories import make_agent, make_team, make_user, supervising

pytestmark = pytest.mark.django_db


def supervisor(name: str) -> User:
    user = make_user(name)
    user.user_permissions.add(*supervising())
    return user


@pytest.fixture
def sam() -> User:
    return supervisor("sam")


@pytest.fixture
def board(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def save(board: Client, name: str, query: str = "?status=busy", **more: str) -> HttpResponse:
    form = {"name": name, "query": query, **more}
    return board.post(reverse("views"), form)  # type: ignore[return-value]


def test_f11_a_view_is_kept_under_a_name_and_offered(board: Client, sam: User) -> None:
    answer = save(board, "  Night   shift ", "?status=busy,offline&nonsense=1", next="/monitor/?x")
    assert (answer.status_code, answer["Location"]) == (302, "/monitor/?x")
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Night shift", "status=busy,offline&sort=agent")
    page = board.get(reverse("monitor")).content.decode()
    assert 'href="?status=busy,offline&amp;sort=agent" data-view>Night shift' in page


def test_htmx_gets_the_menu_with_what_was_refused_or_saved(board: Client) -> None:
    htmx = {"HX-Request": "true"}
    form = {"name": "Night", "query": "?status=busy", "next": "/monitor/?x"}
    menu = board.post(reverse("views"), form, headers=htmx)
    assert (menu.status_code, menu.templates[0].name) == (200, "dashboard/views_menu.html")
    assert "data-view>Night" in menu.content.decode()
    menu = board.post(reverse("views"), form, headers=htmx)
    assert menu.status_code == 409
    assert 'name="replace"' in menu.content.decode()
    assert 'value="?status=busy"' in menu.content.decode()
    view = SavedView.objects.get()
    menu = board.post(reverse("opens_with"), {"view": view.pk}, headers=htmx)
    assert 'aria-pressed="true"' in menu.content.decode()


def test_a_name_is_had_once_and_its_view_can_be_replaced(board: Client) -> None:
    save(board, "Night")
    answer = save(board, "NIGHT", "?status=offline")
    assert answer.status_code == 409
    assert "You have a view of this name." in answer.content.decode()
    assert SavedView.objects.get().query == "status=busy&sort=agent"
    save(board, "NIGHT", "?status=offline", replace="1")
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("NIGHT", "status=offline&sort=agent")


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        (" ", "", "Give the view a name."),
        ("x" * 61, "", "The name is too long."),
        ("x", "?status=" + ",".join(f"s{n}" for n in range(400)), "too many things"),
    ],
)
def test_what_cannot_be_saved_is_said(board: Client, name: str, query: str, sentence: str) -> None:
    answer = save(board, name, query)
    assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    assert not SavedView.objects.exists()


def test_a_view_is_shared_with_the_people_of_a_team(board: Client, sam: User) -> None:
    billing, leader, stranger = make_team("Billing"), supervisor("leo"), supervisor("sid")
    member = make_agent("Mia", user=supervisor("mia"), team=billing)
    billing.supervisors.add(sam, leader)
    save(board, "Ours", team=str(billing.pk))
    for user, sees in ((leader, True), (member.user, True), (stranger, False)):
        assert [entry.name for entry in saved.menu(user)] == (["Ours"] if sees else [])
    client = Client()
    client.force_login(leader)
    page = client.get(reverse("monitor")).content.decode()
    assert re.search(r"data-view>Ours <span class=\"why\">sam, for Billing", page)


def test_nobody_shares_with_a_team_that_is_not_theirs(board: Client) -> None:
    other = make_team("Other")
    for team in (str(other.pk), "x", "9" * 30):
        answer = save(board, "Ours", team=team)
        assert "a team that you lead or are in" in answer.content.decode()
    assert not SavedView.objects.exists()


def test_a_view_is_renamed_shared_and_deleted_by_its_owner_alone(board: Client, sam: User) -> None:
    billing = make_team("Billing")
    billing.supervisors.add(sam)
    save(board, "One")
    save(board, "Two")
    one = SavedView.objects.get(name="One")
    change, delete = reverse("change_view", args=[one.pk]), reverse("delete_view", args=[one.pk])
    refused = board.post(change, {"name": "two"})
    assert (refused.status_code, "another view" in refused.content.decode()) == (409, True)
    board.post(change, {"name": "Uno", "team": billing.pk})
    one.refresh_from_db()
    assert (one.name, one.team) == ("Uno", billing)
    leader = supervisor("leo")
    billing.supervisors.add(leader)
    other = Client()
    other.force_login(leader)
    assert other.post(change, {"name": "Mine"}).status_code == 404
    assert other.post(delete).status_code == 404
    asked = board.get(delete).content.decode()
    assert "Delete the view Uno?" in asked
    assert "It is shared with Billing" in asked
    assert SavedView.objects.count() == 2
    board.post(delete)
    assert [view.name for view in SavedView.objects.all()] == ["Two"]


def test_the_monitor_opens_with_the_view_that_was_chosen(board: Client) -> None:
    save(board, "Busy ones")
    view = SavedView.objects.get()
    board.post(reverse("opens_with"), {"view": view.pk})
    answer = board.get(reverse("monitor"))
    assert answer["Location"] == "/monitor/?status=busy&sort=agent"
    assert board.get(reverse("monitor"), {"sort": "agent"}).status_code == 200
    board.post(reverse("opens_with"), {"view": ""})
    assert board.get(reverse("monitor")).status_code == 200
    board.post(reverse("opens_with"), {"view": view.pk})
    view.delete()
    assert board.get(reverse("monitor")).status_code == 200


def test_a_view_that_is_no_longer_shared_opens_nothing(board: Client, sam: User) -> None:
    billing, leader = make_team("Billing"), supervisor("leo")
    billing.supervisors.add(sam, leader)
    view = saved.save(leader, "Ours", "?status=busy", str(billing.pk), replace=False)
    board.post(reverse("opens_with"), {"view": view.pk})
    assert board.get(reverse("monitor")).status_code == 302
    billing.supervisors.remove(sam)
    assert board.get(reverse("monitor")).status_code == 200
    assert board.post(reverse("opens_with"), {"view": view.pk}).status_code == 404


def test_the_database_holds_a_name_once(sam: User) -> None:
    SavedView.objects.create(owner=sam, name="Night")
    with pytest.raises(IntegrityError, match=r"saved_view_name_once"), transaction.atomic():
        SavedView.objects.create(owner=sam, name="night")


@pytest.mark.parametrize("name", ["views", "layout", "opens_with"])
def test_f2_only_supervisors_arrange_the_monitor(client: Client, name: str) -> None:
    client.force_login(make_agent("Ada").user)
    assert client.post(reverse(name), {"name": "x"}).status_code == 403


def heads(board: Client) -> list[str]:
    page = board.get(reverse("monitor"), {"sort": "agent"}).content.decode()
    return re.findall(r'<th scope="col"[^>]* class="c-(\w+)"', page)


def test_columns_stand_as_the_person_chose_in_heads_and_rows(board: Client) -> None:
    make_agent("Ada\n<td>")
    board.post(reverse("layout"), {"columns": ["caller", "status"], "density": "compact"})
    assert heads(board)[1:4] == ["agent", "caller", "status"]
    page = board.get(reverse("monitor")).content.decode()
    body = page[page.index("<tbody") :]
    cells = re.findall(r'<t[hd][^>]* class="c-(\w+)"', body)[:13]
    assert cells[:4] == ["pick", "agent", "caller", "status"]
    assert sorted(cells) == sorted(["pick", "act", *KEYS])
    assert 'data-density="compact"' in page
    assert 'data-hide="team reason ' in page


def test_a_column_moves_without_javascript(board: Client) -> None:
    form = {"columns": ["team", "status", "reason"], "density": "comfortable"}
    answer = board.post(reverse("layout"), form | {"up": "reason"})
    assert answer.status_code == 302
    assert Layout.objects.get().columns == ["agent", "team", "reason", "status"]
    board.post(reverse("layout"), form | {"up": "team"})
    assert Layout.objects.get().columns == ["agent", "team", "status", "reason"]
    board.post(reverse("layout"), form | {"down": "reason"})
    assert Layout.objects.get().columns == ["agent", "team", "status", "reason"]


def test_columns_that_there_are_not_are_left_out() -> None:
    assert [column.key for column in arrange(["fax", "team"]).shown] == ["agent", "team"]
    assert arrange([]).shown == COLUMNS


def test_all_columns_as_they_come_are_no_layout_of_ones_own(board: Client) -> None:
    board.post(reverse("layout"), {"columns": list(KEYS), "density": "nonsense"})
    layout = Layout.objects.get()
    assert (layout.columns, layout.density) == ([], "comfortable")
