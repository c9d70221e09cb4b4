"""What the price book starts with. A model that has a row in the book never comes back here."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from accounts.pricing import DEMO, DEMO_SOURCE

# These pages give no date. Nothing older is known, so their rows stand for every instant before the next row.
_UNDATED = datetime(2020, 1, 1, tzinfo=UTC)
_DEEPSEEK_DATE = datetime(2026, 9, 10, tzinfo=UTC)
_DEEPSEEK_PAGE = "api-docs.deepseek.com, pricing, as of 2026-10: V4.1 Flash"
_WEEKDAYS = [0, 1, 2, 3, 4]

# Twice the price. DeepSeek leaves out Chinese public holidays; we do not know them, and book the peak.
_DEEPSEEK_PEAKS = [
    {"days": _WEEKDAYS, "from": start, "to": end, "input": "0.30", "cache_read": "0.006", "output": "1.20"}
    for start, end in (("01:00", "04:00"), ("06:00", "10:00"))
]
_DEEPSEEK: dict[str, Any] = {
    "provider": "deepseek",
    "input": Decimal("0.15"),
    "cache_read": Decimal("0.003"),
    "output": Decimal("0.60"),
    "bands": _DEEPSEEK_PEAKS,
    "valid_from": _DEEPSEEK_DATE,
    "source": _DEEPSEEK_PAGE,
}

FIRST_PRICES: list[dict[str, Any]] = [
    {
        "provider": "routeway",
        "upstream_model": "deepseek-v4-flash",
        "input": Decimal("0.12"),
        "cache_read": Decimal("0.04"),
        "output": Decimal("0.25"),
        "valid_from": _UNDATED,
        "source": "routeway.ai, model page, read in November 2026",
    },
    {
        "provider": "openrouter",
        "upstream_model": "deepseek/deepseek-v4-flash",
        "input": Decimal("0.14"),
        "cache_read": None,
        "output": Decimal("0.28"),
        "valid_from": _UNDATED,
        "source": "openrouter.ai, model page, read in November 2026",
    },
    # The old name is an alias: served and billed as the new model.
    _DEEPSEEK | {"upstream_model": "deepseek-flash"},
    _DEEPSEEK | {"upstream_model": "deepseek-v4-flash"},
    {
        "provider": DEMO,
        "upstream_model": "deepseek-v4-flash",
        "input": Decimal("0.14"),
        "cache_read": Decimal("0.028"),
        "output": Decimal("0.28"),
        "is_billed": False,
        "valid_from": _UNDATED,
        "source": DEMO_SOURCE,
    },
]
