"""The pages that people see, and what they can do there."""

from django.urls import path

from dashboard.views import account, acts, agents, floor, me, reports, wall, wallboards

urlpatterns = [
    path("", account.home, name="home"),
    path("login/", account.Login.as_view(), name="login"),
    path("logout/", account.Logout.as_view(), name="logout"),
    path("ticket/", account.ticket, name="ticket"),
    path("me/", me.agent_page, name="agent_page"),
    path("me/mode/", me.mode, name="mode"),
    path("me/pending/cancel/", me.cancel_pending, name="cancel_pending"),
    path("me/offer/answer/", me.answer, name="answer"),
    path("me/offer/reject/", me.reject, name="reject"),
    path("me/wrap-up/done/", me.wrap_up_done, name="wrap_up_done"),
    path("me/device/", me.device, name="device"),
    path("me/queues/<int:queue_id>/", me.opt, name="opt"),
    path("me/microphone/", me.microphone, name="microphone"),
    path("me/log-in-policy/", me.login_policy, name="login_policy"),
    path("reports/time/", reports.time_in_status, name="time_in_status"),
    path("monitor/", floor.monitor, name="monitor"),
    path("wall/<str:token>/", wall.wallboard, name="wallboard"),
    path("wall/<str:token>/ticket/", wall.ticket, name="wallboard_ticket"),
    path("wallboards/", wallboards.boards, name="wallboards"),
    path("wallboards/<int:board_id>/", wallboards.change, name="wallboard_change"),
    path("wallboards/<int:board_id>/link/", wallboards.new_link, name="wallboard_new_link"),
    path("wallboards/<int:board_id>/revoke/", wallboards.revoke, name="wallboard_revoke"),
    path("wallboards/<int:board_id>/preview/", wall.preview, name="wallboard_preview"),
    path(
        "wallboards/<int:board_id>/preview/ticket/",
        wall.preview_ticket,
        name="wallboard_preview_ticket",
    ),
    path("agents/<int:agent_id>/", agents.agent_day, name="agent_day"),
    path("agents/<int:agent_id>/mode/", acts.set_mode, name="set_mode"),
    path("agents/<int:agent_id>/<slug:name>/", acts.act, name="act"),
]
