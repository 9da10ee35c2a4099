"""Which page answers which address."""

from django.contrib import admin
from django.urls import include, path

from api.v1 import api
from dashboard.views import account

urlpatterns = [
    path("admin/login/", account.admin_login),
    path("admin/logout/", account.Logout.as_view()),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("", include("dashboard.urls")),
]
