"""Whether the money is right, who changed what about it, and what things cost: pages to look things up."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import names
from accounts.access import MemberRequest, administrators_only
from accounts.models import AuditEntry
from accounts.usage import books, changes

CHANGES_PER_PAGE = 50


@never_cache
@require_safe
@administrators_only
def index(request: MemberRequest) -> HttpResponse:
    """Holds that are open, what went over its hold, and our sums beside the providers' figures."""
    holds, check = books.open_holds(), books.last_check()
    context: dict[str, Any] = {
        "opening": books.sentence(holds, check),
        "check": check,
        "holds": holds,
        "overs": books.charges_over_hold(),
        "days": books.reconciliation(),
    }
    return render(request, "accounts/books.html", context)


@never_cache
@require_safe
@administrators_only
def money_changes(request: MemberRequest) -> HttpResponse:
    """Who changed which budget, price or team, the latest first."""
    entries = AuditEntry.objects.filter(action__in=changes.SENTENCES).order_by("-created_at", "-id")
    page = Paginator(entries, CHANGES_PER_PAGE).get_page(request.GET.get("page", "1"))
    called = names.known()
    rows = [changes.row_of(entry, called) for entry in page]
    return render(request, "accounts/money_changes.html", {"page": page, "rows": rows})
