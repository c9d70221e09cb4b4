"""Crash reports, only when SENTRY_DSN names a place for them: no person, text, key or secret address in them."""

from typing import TYPE_CHECKING, Any

import sentry_sdk

from chatapp import quoted_rows, secret_addresses

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def start(dsn: str) -> None:
    """Report unhandled errors of this process from here on; nothing happens without a DSN."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        include_source_context=True,
        max_breadcrumbs=0,
        traces_sample_rate=0,
        before_send=without_secrets,
    )


def without_secrets(event: "Event", hint: "Hint") -> "Event":
    """The report with nothing of the request but its method and an address that opens nothing, and nothing of rows."""
    request: dict[str, Any] = event.get("request") or {}
    event["request"] = {
        "method": request.get("method", ""),
        "url": secret_addresses.masked(request.get("url", "").split("?")[0]),
    }
    if "transaction" in event:
        event["transaction"] = secret_addresses.masked(event["transaction"] or "")
    for exception in (event.get("exception") or {}).get("values") or ():
        exception["value"] = secret_addresses.masked(quoted_rows.removed(str(exception.get("value") or "")))
    event.pop("user", None)
    return event
