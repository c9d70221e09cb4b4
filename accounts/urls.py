"""People and money over HTTP."""

from django.urls import path, re_path

from accounts.views import (
    books,
    joining,
    limits,
    notices,
    people,
    prices,
    requests,
    session,
    settings,
    setup,
    sign_in,
    spend,
    teams,
)

app_name = "accounts"
urlpatterns = [
    path("welcome/<str:secret>/", joining.welcome, name="welcome"),
    path("join/<str:secret>/", joining.join, name="join"),
    path("setup/", setup.setup, name="setup"),
    path("setup/budgets/", setup.setup_budgets, name="setup_budgets"),
    path("setup/invite/", setup.setup_invite, name="setup_invite"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<uuid:invitation_id>/revoke/", people.revoke, name="revoke_invitation"),
    path("people/budgets/", people.default_budgets, name="default_budgets"),
    path("people/<uuid:user_id>/budget/", people.set_budget, name="set_budget"),
    path("people/<uuid:user_id>/suspend/", people.suspend, name="suspend"),
    path("people/<uuid:user_id>/restore/", people.restore, name="restore"),
    path("people/<uuid:user_id>/reset-link/", people.reset_link, name="reset_link"),
    path("settings/", settings.settings, name="settings"),
    path("settings/appearance/", settings.appearance, name="appearance"),
    path("session/", session.session, name="session"),
    path("prices/", prices.price, name="price"),
    path("prices/edit/", prices.edit, name="edit_price"),
    path("usage/notice/", notices.hide_notice, name="hide_notice"),
    path("spend/", spend.index, name="spend"),
    path("spend.csv", spend.index_csv, name="spend_csv"),
    path("spend/books/", books.index, name="books"),
    path("spend/changes/", books.money_changes, name="money_changes"),
    path("budgets/<slug:kind>/<uuid:owner_id>/", limits.index, name="limits"),
    path("budgets/<slug:kind>/<uuid:owner_id>/limits/", limits.set_limits, name="set_limits"),
    path("budgets/<slug:kind>/<uuid:owner_id>/grant/", limits.grant, name="grant"),
    path("budgets/person/<uuid:user_id>/exceptions/", limits.set_exceptions, name="exceptions"),
    path("requests/", requests.index, name="requests"),
    path("requests/<uuid:request_id>/decide/", requests.decide, name="decide"),
    path("requests/<uuid:request_id>/withdraw/", requests.withdraw, name="withdraw_request"),
    path("teams/", teams.index, name="teams"),
    path("teams/new/", teams.create, name="create_team"),
    path("teams/<uuid:team_id>/", teams.show, name="team"),
    path("teams/<uuid:team_id>/rename/", teams.rename, name="rename_team"),
    path("teams/<uuid:team_id>/members/", teams.add_member, name="add_member"),
    path("teams/<uuid:team_id>/members/<uuid:user_id>/", teams.change_member, name="change_member"),
]

# allauth's, by the names it asks for; included by itself, outside our namespace.
sign_in_urlpatterns = [
    path("login/", sign_in.sign_in, name="account_login"),
    path("logout/", sign_in.sign_out, name="account_logout"),
    path("inactive/", sign_in.suspended, name="account_inactive"),
    path("signup/", sign_in.no_sign_up, name="account_signup"),
    path("password/change/", sign_in.change_password, name="account_change_password"),
    path("password/reset/", sign_in.reset_password, name="account_reset_password"),
    path("password/reset/done/", sign_in.reset_sent, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.new_password,
        name="account_reset_password_from_key",
    ),
]
