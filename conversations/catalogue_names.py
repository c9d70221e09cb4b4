"""What people call the providers and models in the books. `accounts` asks, without knowing us."""

from accounts import names
from accounts.names import Names
from conversations.actions import catalogue
from conversations.models import Model, Provider, ProviderKind, Route


def providers() -> dict[str, str]:
    """By slug; also of those that are connected no more. One query."""
    kinds = {kind.value: str(kind.label) for kind in ProviderKind}
    return kinds | dict(Provider.objects.values_list("slug", "name"))


@names.told_by
def every() -> Names:
    """Providers and models, those that nobody runs any more included, as far as they have names here."""
    first = Model.objects.filter(slug=catalogue.V4_FLASH).values_list("name", flat=True).first()
    upstream = dict.fromkeys(catalogue.V4_FLASH_NAMES, first) if first else {}
    routes = Route.objects.values_list("provider__slug", "upstream_model", "model__name")
    models = {(provider, name): model for provider, name, model in routes}
    upstream |= {name: model for (_provider, name), model in models.items()}
    return Names(providers(), models, upstream)
