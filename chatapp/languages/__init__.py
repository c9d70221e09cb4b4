"""Which languages Parley speaks: English, as it is written in the sources, and those with a catalogue in `locale/`."""

from pathlib import Path

from django.conf.locale import LANG_INFO

SOURCE = "en-gb"
SENTENCES, PAGE_SENTENCES = "django", "djangojs"  # gettext domains: Python and templates; the pages' scripts


def offered(catalogues: Path) -> list[tuple[str, str]]:
    """Codes and their own names, for `LANGUAGES`: the source, and each whose catalogue has been compiled."""
    found = {path.parent.parent.name for path in catalogues.glob(f"*/LC_MESSAGES/{SENTENCES}.mo")}
    codes = sorted(name.lower().replace("_", "-") for name in found)
    return [(SOURCE, "English"), *((code, LANG_INFO.get(code, {}).get("name_local", code)) for code in codes)]
