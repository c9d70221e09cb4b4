"""The back office: Django's admin, to look things up. Every act on people and money goes through our own pages,
where it is checked and audited; here nothing can be added, changed or deleted, and no secret is shown.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import (
    AuditEntry,
    Books,
    Budget,
    Invitation,
    LedgerEntry,
    Membership,
    Posting,
    Price,
    SpendDay,
    SpendWindow,
    Team,
    User,
)

# Django's own classes take no parameters when they run.
if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
    _Inline = TabularInline[Any, Any]
else:
    _Admin = ModelAdmin
    _Inline = TabularInline


class BackOffice(AdminSite):
    """For administrators; to everybody else, signed in or not, it does not exist. One signs in by our page."""

    site_header = "Parley back office"
    site_title = "Parley"
    index_title = (
        "To look up; people and budgets are changed on the People page, prices on the Providers page"
    )
    site_url = "/"
    enable_nav_sidebar = False

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")


office = BackOffice(name="admin")


class LookUp:
    """Nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookUpAdmin(LookUp, _Admin):
    """One kind of row, to look at."""

    show_full_result_count = False  # a ledger is long, and counting it all is slow
    list_per_page = 50

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only the filters offered. Django allows every column, and what is not shown, as a hash, could be guessed."""
        offered = {str(name) for name in self.get_list_filter(request)}
        return lookup.removesuffix("__exact").removesuffix("__isnull") in offered


class MembershipInline(LookUp, _Inline):
    model = Membership
    extra = 0


class PostingInline(LookUp, _Inline):
    model = Posting
    extra = 0


class UserAdmin(LookUpAdmin):
    fields = ("id", "email", "display_name", "is_staff", "is_active", "is_exempt", "joined_at", "last_login")
    list_display = ("display_name", "email", "is_staff", "is_active", "joined_at", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("display_name", "email")
    ordering = ("display_name",)


class TeamAdmin(LookUpAdmin):
    list_display = ("name",)
    inlines = (MembershipInline,)


class BudgetAdmin(LookUpAdmin):
    list_display = ("scope", "scope_id", "window", "limit", "is_own")
    list_filter = ("scope", "window", "is_own")


class SpendWindowAdmin(LookUpAdmin):
    list_display = ("scope", "scope_id", "window", "starts_at", "spent", "held", "granted")
    list_filter = ("scope", "window")
    ordering = ("-starts_at",)


class SpendDayAdmin(LookUpAdmin):
    list_display = ("day", "user_id", "team_id", "provider", "model", "replies", "spent", "estimated")
    list_filter = ("provider",)
    ordering = ("-day", "-spent")


class BooksAdmin(LookUpAdmin):
    list_display = ("checked_at", "checked_in_ms", "open_from", "time_zone")


class PriceAdmin(LookUpAdmin):
    list_display = (
        "provider", "upstream_model", "input", "cache_read", "output", "is_billed", "valid_from", "valid_to", "source",
    )  # fmt: skip
    list_filter = ("provider", "is_billed")
    search_fields = ("upstream_model",)
    ordering = ("provider", "upstream_model", "-valid_from")


class InvitationAdmin(LookUpAdmin):
    exclude = ("secret_hash",)
    list_display = (
        "created_at",
        "email",
        "places",
        "used",
        "makes_administrator",
        "expires_at",
        "revoked_at",
    )
    ordering = ("-created_at",)


class LedgerEntryAdmin(LookUpAdmin):
    list_display = (
        "created_at",
        "counted_at",
        "kind",
        "amount",
        "source",
        "over",
        "user_id",
        "generation_id",
    )
    list_filter = ("kind", "source")
    search_fields = ("=generation_id", "=attempt_id", "=user_id")
    ordering = ("-created_at",)
    inlines = (PostingInline,)


class AuditEntryAdmin(LookUpAdmin):
    list_display = ("created_at", "actor_name", "action", "target", "note")
    list_filter = ("action",)
    search_fields = ("actor_name", "target", "note")
    ordering = ("-created_at",)


office.register(User, UserAdmin)
office.register(Team, TeamAdmin)
office.register(Budget, BudgetAdmin)
office.register(SpendWindow, SpendWindowAdmin)
office.register(SpendDay, SpendDayAdmin)
office.register(Books, BooksAdmin)
office.register(Price, PriceAdmin)
office.register(Invitation, InvitationAdmin)
office.register(LedgerEntry, LedgerEntryAdmin)
office.register(AuditEntry, AuditEntryAdmin)
