"""What a route takes of a request, for administrators."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, administrators_only
from conversations.actions import catalogue_routes
from conversations.catalogue_forms import RouteTakesForm
from conversations.models import ProviderKind, Route


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def route_takes(request: MemberRequest, route_id: uuid.UUID) -> HttpResponse:
    """How much it reads and writes, and what it can be asked for."""
    routes = Route.objects.select_related("model", "provider").exclude(provider__kind=ProviderKind.DEMO)
    route = get_object_or_404(routes, pk=route_id)
    form = RouteTakesForm(request.POST, route=route) if request.method == "POST" else RouteTakesForm.of(route)
    if request.method == "POST" and form.is_valid():
        catalogue_routes.limit_route(actor=request.user, route=route, **form.as_fields())
        messages.success(request, _("What %(provider)s takes is saved.") % {"provider": route.provider.name})
        return redirect(f"{reverse('conversations:models')}#{route.model.slug}")
    status = 422 if form.errors else 200
    return render(request, "conversations/route_takes.html", {"form": form, "route": route}, status=status)
