"""What of `conversations` the back office shows: providers, models and routes. Never what anybody said."""

from accounts.admin import LookUpAdmin, office
from conversations.models import Model, Provider, Route


class ProviderAdmin(LookUpAdmin):
    exclude = ("sealed_key", "pending_key")
    list_display = ("name", "kind", "base_url", "is_from_environment", "is_enabled", "checked_at")
    ordering = ("name",)


class ModelAdmin(LookUpAdmin):
    list_display = ("name", "slug", "context_window", "is_default", "is_enabled")
    ordering = ("name",)


class RouteAdmin(LookUpAdmin):
    list_display = ("model", "provider", "upstream_model", "order")
    list_select_related = ("model", "provider")
    ordering = ("model", "order")


office.register(Provider, ProviderAdmin)
office.register(Model, ModelAdmin)
office.register(Route, RouteAdmin)
