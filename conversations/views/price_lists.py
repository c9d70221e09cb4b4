"""Importing prices from a provider's own list: fetched by a worker or pasted, looked at, then taken."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, administrators_only
from accounts.actions import price_imports
from accounts.form_refusals import told_in
from accounts.models import PriceList
from accounts.price_lists import reading
from accounts.price_lists.reading import Unit
from conversations import price_fetch
from conversations.actions import price_lists
from conversations.catalogue_pages import price_list_page
from conversations.models import Provider
from conversations.provider_forms import PasteForm

# A page without scripts asks again after this; a list takes a second or two.
REFRESH_SECONDS = 1
SHOWN_LISTS = 10


@never_cache
@require_safe
@administrators_only
def index(request: MemberRequest) -> HttpResponse:
    """Whose prices can be read, and what was read before."""
    return _index(request, PasteForm())


@require_POST
@administrators_only
def fetch(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Have a worker read a provider's list."""
    providers = Provider.objects.filter(kind__in=price_fetch.UNITS)
    wanted = price_lists.fetch_list(actor=request.user, provider=get_object_or_404(providers, pk=provider_id))
    return redirect("conversations:price_list", wanted.pk)


@require_POST
@administrators_only
def paste(request: MemberRequest) -> HttpResponse:
    """A list that the administrator brought along."""
    form = PasteForm(request.POST)
    if form.is_valid():
        provider: Provider = form.cleaned_data["provider"]
        with told_in(form, "text", reading.NotAList):
            kept = price_imports.paste_list(
                actor=request.user,
                provider=provider.slug,
                provider_name=provider.name,
                unit=Unit(form.cleaned_data["unit"]),
                text=form.cleaned_data["text"],
            )
            return redirect("conversations:price_list", kept.pk)
    return _index(request, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def price_list(request: MemberRequest, list_id: uuid.UUID) -> HttpResponse:
    """What the list would change. A POST takes the prices that are ticked, all or none."""
    found = get_object_or_404(PriceList, pk=list_id)
    search = (request.POST.get("q") or request.GET.get("q", "")).strip()[:100]
    if request.method == "POST":
        return _take(request, found, search)
    answer = render(request, "conversations/price_list.html", price_list_page.view_of(found, search=search))
    if found.read_at is None:
        answer["Refresh"] = str(REFRESH_SECONDS)
    return answer


def _take(request: MemberRequest, found: PriceList, search: str) -> HttpResponse:
    names = request.POST.getlist("take")
    marked: list[str] = []
    try:
        count = price_imports.take_prices(
            actor=request.user,
            price_list=found,
            names=names,
            confirmed=request.POST.getlist("confirm"),
            shown=request.POST.getlist("shown"),
            book_state=request.POST.get("book", ""),
        )
    except price_imports.NotConfirmed as refusal:
        sentence, marked = str(refusal), list(refusal.names)
    except price_imports.ImportRefused as refusal:
        sentence = str(refusal)
    else:
        said = ngettext(
            "%(count)s price is imported. It holds from the next message.",
            "%(count)s prices are imported. They hold from the next message.",
            count,
        )
        messages.success(request, said % {"count": count} if count else _("Nothing had to be changed."))
        return redirect("conversations:price_list", found.pk)
    context = price_list_page.view_of(found, search=search, marked=marked)
    for row in context["rows"]:
        row["is_ticked"] = row["name"] in names
    return render(
        request,
        "conversations/price_list.html",
        context | {"refusal": sentence, "is_mended": True},
        status=422,
    )


def _index(request: MemberRequest, form: PasteForm) -> HttpResponse:
    context = {
        "form": form,
        "providers": Provider.objects.filter(kind__in=price_fetch.UNITS).order_by("name"),
        "lists": PriceList.objects.order_by("-asked_at")[:SHOWN_LISTS],
    }
    return render(request, "conversations/price_lists.html", context, status=422 if form.errors else 200)
