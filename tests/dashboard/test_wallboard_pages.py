"""A wallboard's page opens by its link alone; its link is made and revoked by those who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard import tickets, wallboards
from dashboard.models import Wallboard
from tests import factories
from tests.dashboard.test_wallboards import make_board

pytestmark = pytest.mark.django_db


def keeper(client: Client, *rights: str) -> Client:
    """Signed in as somebody who may do that with wallboards."""
    user = factories.make_user("sam")
    codes = [f"{right}_wallboard" for right in rights]
    user.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    client.force_login(user)
    return client


ALL = ("view", "add", "change", "delete")


def link_in(answer: Any) -> str:
    """The link that a page gives."""
    link: str = answer.context["link"]
    assert link in answer.content.decode()
    return link


def test_whoever_has_the_link_sees_figures_and_no_name(client: Client) -> None:
    ada = factories.make_agent("Ada", mode="available", user=factories.make_user("ada.l"))
    queue = factories.make_queue("Helpdesk", members=[ada])
    factories.call_in(queue, caller="020 7946 0018")
    _, token = make_board("Hall")
    page = client.get(reverse("wallboard", args=[token]))
    html = page.content.decode()
    assert page.status_code == 200
    assert "Hall" in html
    assert "Helpdesk" in html
    assert not [word for word in ("Ada", "ada.l", "7946", "sign in", "sessionid") if word in html]
    assert not client.cookies


def test_its_address_is_kept_passed_on_and_indexed_by_nobody(client: Client) -> None:
    _, token = make_board()
    for name in ("wallboard", "wallboard_ticket"):
        answer = client.get(reverse(name, args=[token]))
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]


def test_a_board_speaks_its_own_language_and_tells_its_own_time(client: Client) -> None:
    _, token = make_board()
    Wallboard.objects.update(language="es", time_zone="Asia/Kathmandu")
    page = client.get(reverse("wallboard", args=[token]), headers={"Accept-Language": "fr"})
    html = page.content.decode()
    assert (page["Content-Language"], 'lang="es"' in html) == ("es", True)
    assert 'data-zone="Asia/Kathmandu"' in html


@pytest.mark.parametrize(
    ("query", "theme"), [("", "dark"), ("?theme=light", "light"), ("?theme=pink", "dark")]
)
def test_it_is_dark_unless_its_address_says_otherwise(
    client: Client, query: str, theme: str
) -> None:
    _, token = make_board()
    html = client.get(reverse("wallboard", args=[token]) + query).content.decode()
    assert f'data-theme="{theme}"' in html


def test_an_unknown_link_and_a_revoked_one_say_what_to_do(client: Client) -> None:
    board, token = make_board()
    wallboards.revoke(board, timezone.now())
    for link, status in ((token, 410), ("guess", 404)):
        page = client.get(reverse("wallboard", args=[link]))
        assert page.status_code == status
        assert "Ask whoever looks after the wallboards" in page.content.decode()
        assert page["Cache-Control"] == "no-store"
        assert client.get(reverse("wallboard_ticket", args=[link])).status_code == 410


def test_a_screen_renews_its_ticket_by_its_link_and_is_seen(client: Client) -> None:
    board, token = make_board()
    answer = client.get(reverse("wallboard_ticket", args=[token]))
    ticket = tickets.accept(answer.json()["ticket"])
    assert ticket
    assert ticket.wall in wallboards.current([board.pk])
    board.refresh_from_db()
    assert board.seen_at
    assert timezone.now() - board.seen_at < timedelta(minutes=1)


def test_an_empty_installation_says_what_will_appear(client: Client) -> None:
    _, token = make_board()
    html = client.get(reverse("wallboard", args=[token])).content.decode()
    assert 'id="no-queues">' in html


def test_a_link_is_shown_once(client: Client) -> None:
    keeper(client, *ALL)
    queue, team = factories.make_queue("Helpdesk"), factories.make_team("Billing")
    form = {"name": "Hall", "queues": [queue.pk], "teams": [team.pk], "language": "en"}
    link = link_in(client.post(reverse("wallboards"), form))
    assert "Hall" in Client().get(link).content.decode()
    board = Wallboard.objects.get()
    assert (board.created_by.username if board.created_by else "") == "sam"
    assert list(board.queues.all()) == [queue]
    listed = client.get(reverse("wallboards")).content.decode()
    assert "Helpdesk · Billing" in listed
    assert link.rstrip("/").rpartition("/")[2] not in listed


def test_a_name_that_is_taken_or_a_zone_that_is_none_is_refused_in_words(client: Client) -> None:
    keeper(client, *ALL)
    make_board("Hall")
    form = {"name": "hall", "language": "xx", "time_zone": "Mars/Base"}
    answer = client.post(reverse("wallboards"), form)
    assert answer.status_code == 409
    form = {"name": "hall", "language": "en"}
    answer = client.post(reverse("wallboards"), form)
    assert answer.status_code == 409
    assert "There is a wallboard of this name." in answer.content.decode()
    assert Wallboard.objects.count() == 1


def test_a_new_link_opens_the_board_and_the_old_one_nothing(client: Client) -> None:
    keeper(client, *ALL)
    board, token = make_board()
    address = reverse("wallboard_new_link", args=[board.pk])
    assert "goes dark" in client.get(address).content.decode()
    fresh = link_in(client.post(address))
    assert client.get(fresh).status_code == 200
    assert client.get(reverse("wallboard", args=[token])).status_code == 404


def test_whoever_revokes_is_asked_first(client: Client) -> None:
    keeper(client, *ALL)
    board, token = make_board()
    address = reverse("wallboard_revoke", args=[board.pk])
    assert "Revoke the link of Hall?" in client.get(address).content.decode()
    assert client.get(reverse("wallboard", args=[token])).status_code == 200
    listed = client.post(address, follow=True)
    assert "Revoked" in listed.content.decode()
    assert client.get(reverse("wallboard", args=[token])).status_code == 410
    assert client.post(address).status_code == 302  # a double click


def test_a_board_is_set_up_anew_under_its_link(client: Client) -> None:
    keeper(client, *ALL)
    board, token = make_board()
    address = reverse("wallboard_change", args=[board.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "", "language": "en"}).status_code == 409
    client.post(address, {"name": "Lobby", "language": "en"})
    assert "Lobby" in client.get(reverse("wallboard", args=[token])).content.decode()


def test_a_preview_needs_no_link_and_ends_with_the_board(client: Client) -> None:
    keeper(client, "view")
    board, _ = make_board()
    address = reverse("wallboard_preview", args=[board.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert "Referrer-Policy" in page
    ticket = tickets.accept(client.get(page.context["ticket_url"]).json()["ticket"])
    assert ticket
    assert ticket.wall in wallboards.current([board.pk])
    wallboards.revoke(board, timezone.now())
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("wallboard_change", "change"),
        ("wallboard_new_link", "change"),
        ("wallboard_revoke", "delete"),
        ("wallboard_preview", "view"),
        ("wallboard_preview_ticket", "view"),
    ],
)
def test_each_act_needs_its_right(client: Client, name: str, right: str) -> None:
    board, token = make_board()
    address = reverse(name, args=[board.pk])
    assert client.post(address).status_code in {302, 405}  # to the log-in
    keeper(client, *(set(ALL) - {right}))
    assert client.get(address).status_code == 403
    assert client.post(address).status_code in {403, 405}
    assert client.get(reverse("wallboard", args=[token])).status_code == 200


def test_one_who_may_only_look_makes_none(client: Client) -> None:
    keeper(client, "view")
    page = client.get(reverse("wallboards"))
    assert "An admin can give you the right" in page.content.decode()
    assert client.post(reverse("wallboards"), {"name": "Hall", "language": "en"}).status_code == 403
    assert not Wallboard.objects.exists()


def test_one_who_may_not_look_finds_no_way_there(client: Client) -> None:
    keeper(client)
    assert client.get(reverse("wallboards")).status_code == 403
    assert reverse("wallboards") not in client.get(reverse("home"), follow=True).content.decode()


def test_the_admin_shows_boards_without_links_and_revokes(client: Client) -> None:
    client.force_login(factories.make_user("root", superuser=True))
    board, token = make_board()
    for address in (
        reverse("admin:dashboard_wallboard_changelist"),
        reverse("admin:dashboard_wallboard_change", args=[board.pk]),
    ):
        html = client.get(address).content.decode()
        assert "Hall" in html
        assert board.token_hash not in html
    assert client.get(reverse("admin:dashboard_wallboard_add")).status_code == 403
    client.post(
        reverse("admin:dashboard_wallboard_changelist"),
        {"action": "revoke", "_selected_action": [board.pk]},
    )
    assert client.get(reverse("wallboard", args=[token])).status_code == 410
