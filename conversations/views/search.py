"""Finding what was said: a page, and the same for the palette as somebody types."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, members_only
from conversations import access, queries
from conversations.forms import MOST_PAGES, SearchForm
from conversations.models import Conversation
from conversations.search import excerpts, reading
from conversations.search.asked import Asked
from conversations.search.reading import Hit
from conversations.views.answers import fault

# On a page; for the palette.
MESSAGES, TITLES = 20, 8
MESSAGES_AT_HAND, TITLES_AT_HAND = 6, 6
# Of one person, in ten seconds: more than anybody types.
MOST_SEARCHES, WINDOW_SECONDS = 50, 10


@never_cache
@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """What is found, page by page."""
    form = SearchForm(request.GET)
    context: dict[str, Any] = {"q": request.GET.get("q", "")[:1000], "page": 1}
    if not form.is_valid():
        context["faults"] = [sentence for faults in form.errors.values() for sentence in faults]
        return render(request, "conversations/search.html", context, status=400)
    if form.cleaned_data["q"] and _is_flood(request):
        return render(request, "429.html", status=429)
    asked, page = Asked(form.cleaned_data["q"]), form.cleaned_data["page"]
    hits, has_more = _messages(request, asked, page=page, count=MESSAGES)
    titled = _titles(request, asked, TITLES) if page == 1 else []
    context |= {
        "sentence": _sentence(asked, hits, titled, is_whole=page == 1 and not has_more),
        "found": bool(hits or titled),
        "titles": [_title_view(row, asked) for row in titled],
        "groups": _by_conversation(hits, asked),
        "page": page,
        "next": page + 1 if has_more and page < MOST_PAGES else None,
    }
    return render(request, "conversations/search.html", context)


@never_cache
@require_safe
@members_only
def found(request: MemberRequest) -> HttpResponse:
    """The first of what is found, for the palette."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        sentence = str(next(iter(form.errors.values()))[0])
        return fault("invalid", sentence, 400)
    if _is_flood(request):
        return fault("too_often", _("That was too often in a short time. Wait a little."), 429)
    asked = Asked(form.cleaned_data["q"])
    hits, _more = _messages(request, asked, page=1, count=MESSAGES_AT_HAND)
    titled = _titles(request, asked, TITLES_AT_HAND)
    return JsonResponse(
        {
            "conversations": [_title_view(row, asked) for row in titled],
            "messages": [_hit_view(hit, asked) for hit in hits],
        }
    )


def _messages(request: MemberRequest, asked: Asked, *, page: int, count: int) -> tuple[list[Hit], bool]:
    rows = access.searched_for(request.user)
    return reading.hits(rows, request.user.pk, asked, start=(page - 1) * count, count=count)


def _titles(request: MemberRequest, asked: Asked, count: int) -> list[Conversation]:
    return reading.titled(access.conversations_for(request.user), asked, count=count)


def _is_flood(request: MemberRequest) -> bool:
    """True once somebody asks so often that others would notice. Nobody counts while Redis is away."""
    key = f"searches:{request.user.pk}:{int(timezone.now().timestamp()) // WINDOW_SECONDS}"
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    try:
        return int(cache.incr(key)) > MOST_SEARCHES
    except Exception:  # gone in between, or never kept
        return False


def _sentence(asked: Asked, hits: Sequence[Hit], titled: Sequence[Conversation], *, is_whole: bool) -> str:
    """What came of it, to open the page with."""
    said = asked.text
    if not said:
        return _("Find what was said in your conversations.")
    if not asked.wanted and asked.unwanted:
        return _("“%(said)s” only leaves out. Add a word to look for.") % {"said": said}
    if not asked.wanted:
        return _("There is no word in “%(said)s” that a message could have.") % {"said": said}
    if not hits and not titled:
        return _("Nothing of yours says “%(said)s”.") % {"said": said}
    if not is_whole:
        return _("“%(said)s”, the latest messages first.") % {"said": said}
    if not hits:
        counted = ngettext(
            "%(count)d title has “%(said)s”.", "%(count)d titles have “%(said)s”.", len(titled)
        )
        return counted % {"count": len(titled), "said": said}
    counted = ngettext("%(count)d message says “%(said)s”.", "%(count)d messages say “%(said)s”.", len(hits))
    return counted % {"count": len(hits), "said": said}


def _by_conversation(hits: Sequence[Hit], asked: Asked) -> list[dict[str, Any]]:
    """Those that follow on each other in one conversation stand under its title."""
    return [
        {**_row_view(conversation), "hits": [_hit_view(hit, asked) for hit in group]}
        for conversation, group in groupby(hits, key=lambda hit: hit.conversation)
    ]


def _title_view(row: Conversation, asked: Asked) -> dict[str, Any]:
    return {**_row_view(row), "parts": _parts(excerpts.marked(row.title, asked))}


def _row_view(row: Conversation) -> dict[str, Any]:
    return {"title": row.title, "url": queries.url_of(row.pk), "is_archived": row.archived_at is not None}


def _hit_view(hit: Hit, asked: Asked) -> dict[str, Any]:
    """Its address has the words too, which the page marks there."""
    message = hit.message
    address = urlencode({"message": str(message.pk), "q": asked.text})
    return {
        **_row_view(hit.conversation),
        "url": f"{queries.url_of(hit.conversation.pk)}?{address}",
        "author": message.author_name,
        "said_at": message.created_at,
        "parts": _parts(hit.excerpt),
    }


def _parts(parts: Sequence[excerpts.Part]) -> list[dict[str, Any]]:
    return [{"text": part.text, "is_hit": part.is_hit} for part in parts]
