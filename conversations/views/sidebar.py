"""A person's list of conversations: its further parts, and all of it anew for a page that has missed hints."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, members_only, wants_json
from conversations import days, listing

_LONGEST_NUMBER = 9  # digits


@never_cache
@require_safe
@members_only
def part(request: MemberRequest) -> HttpResponse:
    """The list from its beginning, or from `?after=` on; for who has no scripts a page of its own.

    `?rows=` asks for as many as a page shows that has opened several parts.
    """
    written = request.GET.get("after", "")
    after = listing.Place.read(written) if written else None
    if written and after is None:
        raise Http404
    shown = listing.part_of(request.user, days.zone_of(request), after=after, rows=_rows_in(request))
    if wants_json(request):
        return JsonResponse(shown)
    return render(request, "conversations/list.html", {"part": shown})


def _rows_in(request: MemberRequest) -> int:
    asked = request.GET.get("rows", "")
    if not asked.isdecimal() or len(asked) > _LONGEST_NUMBER:
        return listing.ROWS
    return min(max(int(asked), listing.ROWS), listing.MOST_ROWS)
