from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page may say about this installation. `whom_to_ask` ends a sentence: "Ask …."."""
    contact = settings.SUPPORT_CONTACT
    return {
        "site": {
            "name": "Parley",
            "support_contact": contact,
            "whom_to_ask": contact or _("an administrator"),
            "mail_is_on": settings.MAIL_IS_ON,
        }
    }
