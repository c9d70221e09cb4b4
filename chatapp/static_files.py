"""Static files from the web process itself, cached for ever where a name changes with its content."""

import re

from servestatic.middleware import ServeStaticMiddleware

# esbuild names these by their content (`chunks/katex-4F2KQ7AB.js`); Django's test knows only its own hashes.
_NAMED_BY_ESBUILD = re.compile(r"/(?:chunks|fonts)/[^/]+-[0-9A-Z]{8}\.\w+$")


class StaticFiles(ServeStaticMiddleware):  # type: ignore[misc]
    """ServeStatic, which overrides its own setting for immutable files and so would never ask it."""

    def immutable_file_test(self, path: str, url: str) -> bool:
        """True when the file behind this URL can never change."""
        return bool(_NAMED_BY_ESBUILD.search(url) or super().immutable_file_test(path, url))
