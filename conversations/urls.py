"""What is said, over HTTP."""

from django.urls import path, register_converter

from conversations.views import (
    connecting,
    conversations,
    diagrams,
    messages,
    models,
    money,
    pages,
    payer,
    price_lists,
    providers,
    queue,
    ratings,
    route_takes,
    routes,
    search,
    settings,
    shares,
    sheet,
    sidebar,
    turns,
    usage,
    usual,
    versions,
)


class ModelActConverter:
    """What can be done with a model by a button."""

    regex = "default|on|off|remove"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RouteActConverter(ModelActConverter):
    """And with a route."""

    regex = "up|down|on|off|remove"


class SwitchActConverter(ModelActConverter):
    """And with a provider."""

    regex = "on|off"


class TokenConverter:
    """A share link's secret. Whatever else stands in its place is no address at all."""

    regex = "[A-Za-z0-9_-]{20,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TokenConverter, "token")
register_converter(ModelActConverter, "model_act")
register_converter(RouteActConverter, "route_act")
register_converter(SwitchActConverter, "switch_act")

app_name = "conversations"
urlpatterns = [
    path("", pages.new, name="new"),
    path("c/<uuid:conversation_id>/", pages.show, name="show"),
    path("conversations/", messages.start, name="start"),
    path("conversations/settings/", settings.check, name="check_settings"),
    path("conversations/list/", sidebar.part, name="list"),
    path("search/", search.index, name="search"),
    path("search/found/", search.found, name="found"),
    path("conversations/put-away/", conversations.put_away, name="put_away"),
    path("conversations/<uuid:conversation_id>/manage/", conversations.manage, name="manage"),
    path("conversations/<uuid:conversation_id>/rename/", conversations.rename, name="rename"),
    path("conversations/<uuid:conversation_id>/pin/", conversations.pin, name="pin"),
    path("conversations/<uuid:conversation_id>/archive/", conversations.archive, name="archive"),
    path("conversations/<uuid:conversation_id>/seen/", conversations.see, name="see"),
    path("conversations/<uuid:conversation_id>/delete/", conversations.delete, name="delete_conversation"),
    path("conversations/<uuid:conversation_id>/restore/", conversations.restore, name="restore"),
    path("conversations/<uuid:conversation_id>/messages/", messages.messages_of, name="messages"),
    path("conversations/<uuid:conversation_id>/settings/", settings.change, name="settings"),
    path("conversations/<uuid:conversation_id>/model/", settings.pick, name="pick_model"),
    path("conversations/<uuid:conversation_id>/payer/", payer.choose, name="payer"),
    path("conversations/<uuid:conversation_id>/share/", shares.share_of, name="share"),
    path("messages/<uuid:message_id>/edit/", versions.edit, name="edit"),
    path("messages/<uuid:message_id>/choose/", versions.choose, name="choose"),
    path("messages/<uuid:message_id>/text/", turns.show_text, name="text"),
    path("messages/<uuid:message_id>/fork/", turns.fork, name="fork"),
    path("messages/<uuid:message_id>/ask/", versions.ask, name="ask"),
    path("messages/<uuid:message_id>/delete/", turns.delete, name="delete"),
    path("messages/<uuid:message_id>/restore/", turns.restore, name="restore_message"),
    path("replies/<uuid:message_id>/details/", turns.show_details, name="details"),
    path("replies/<uuid:message_id>/rating/", turns.rate, name="rate"),
    path("replies/<uuid:message_id>/retry/", versions.retry, name="retry"),
    path("replies/<uuid:message_id>/continue/", versions.go_on, name="go_on"),
    path("generations/<uuid:generation_id>/", messages.generation, name="generation"),
    path("generations/<uuid:generation_id>/stop/", messages.stop, name="stop"),
    path("conversations/<uuid:conversation_id>/queue/", queue.index, name="queue"),
    path("conversations/<uuid:conversation_id>/queue/resume/", queue.resume, name="resume"),
    path("queue/<uuid:waiting_id>/delete/", queue.take_back, name="take_back"),
    path("queue/<uuid:waiting_id>/edit/", queue.edit, name="edit_waiting"),
    path("queue/<uuid:waiting_id>/save/", queue.save, name="save_waiting"),
    path("queue/<uuid:waiting_id>/leave/", queue.leave, name="leave_waiting"),
    path("queue/<uuid:waiting_id>/send/", queue.send, name="send_now"),
    path("settings/usual/", usual.usual, name="usual"),
    path("links/", shares.index, name="links"),
    path("links/<uuid:link_id>/revoke/", shares.revoke, name="revoke"),
    path("s/<token:token>/", shares.shared, name="shared"),
    path("s/<token:token>/continue/", shares.copy, name="continue"),
    path("diagrams/", diagrams.frame, name="diagrams"),
    path("money/", money.money, name="money"),
    path("conversations/<uuid:conversation_id>/money/", money.money, name="money_of"),
    path("usage/", usage.my_usage, name="my_usage"),
    path("usage/limit/", usage.limit_oneself, name="limit_oneself"),
    path("requests/ask/", usage.ask, name="ask_for_more"),
    path("usage.csv", usage.my_usage_csv, name="my_usage_csv"),
    path("models/", sheet.index, name="sheets"),
    path("models/<slug:slug>/", sheet.show, name="sheet"),
    path("models/<slug:slug>/measured.csv", sheet.show_csv, name="sheet_csv"),
    path("ratings/", ratings.index, name="ratings"),
    path("providers/", providers.index, name="providers"),
    path("providers/connect/", connecting.connect, name="connect"),
    path("providers/<uuid:provider_id>/test/", connecting.retest, name="retest"),
    path("providers/<uuid:provider_id>/limit/", providers.limit, name="limit"),
    path("providers/<uuid:provider_id>/remove/", providers.disconnect, name="disconnect"),
    path("providers/<uuid:provider_id>/", providers.change, name="change_provider"),
    path("providers/<uuid:provider_id>/key/", providers.new_key, name="new_key"),
    path("providers/<uuid:provider_id>/dialect/", providers.dialect, name="dialect"),
    path("providers/<uuid:provider_id>/<switch_act:act>/", providers.switch, name="switch_provider"),
    path("providers/<uuid:provider_id>/check/", connecting.check, name="check"),
    path("providers/prices/", price_lists.index, name="price_lists"),
    path("providers/prices/paste/", price_lists.paste, name="paste_prices"),
    path("providers/prices/<uuid:list_id>/", price_lists.price_list, name="price_list"),
    path("providers/<uuid:provider_id>/prices/", price_lists.fetch, name="fetch_prices"),
    path("providers/models/", models.index, name="models"),
    path("providers/models/new/", models.add_model, name="add_model"),
    path("providers/models/<uuid:model_id>/", models.change_model, name="change_model"),
    path("providers/models/<uuid:model_id>/routes/", routes.add_route, name="add_route"),
    path("providers/models/<uuid:model_id>/<model_act:act>/", models.act_on_model, name="act_on_model"),
    path("providers/routes/<uuid:route_id>/try/", routes.try_route, name="try_route"),
    path("providers/trials/<uuid:trial_id>/", routes.trial, name="trial"),
    path("providers/routes/<uuid:route_id>/name/", routes.rename_route, name="rename_route"),
    path("providers/routes/<uuid:route_id>/takes/", route_takes.route_takes, name="route_takes"),
    path("providers/routes/<uuid:route_id>/<route_act:act>/", routes.act_on_route, name="act_on_route"),
]
