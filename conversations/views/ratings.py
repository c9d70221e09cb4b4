"""What people think of replies, in counts: nobody's notes, nobody's name."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, administrators_only
from conversations.models import Rating


@require_GET
@administrators_only
def index(request: MemberRequest) -> HttpResponse:
    """By model, how many replies were found good and how many poor."""
    by_model = (
        Rating.objects.filter(reply__generation__isnull=False)
        .values("reply__generation__model__name")
        .annotate(good=Count("id", filter=Q(is_good=True)), poor=Count("id", filter=Q(is_good=False)))
        .order_by("reply__generation__model__name")
    )
    rows = [
        {"model": row["reply__generation__model__name"], "good": row["good"], "poor": row["poor"]}
        for row in by_model
    ]
    return render(request, "conversations/ratings.html", {"rows": rows})
