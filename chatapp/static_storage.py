"""Static files as they are collected: named by their content, and compressed once instead of with every answer."""

from typing import Any

import brotli  # type: ignore[import-untyped]
from servestatic.compress import Compressor
from servestatic.storage import CompressedManifestStaticFilesStorage

# The best compression of the drawing of diagrams (4 MB) would hold up every start by half a minute.
_BIG_BYTES = 1_000_000
_QUALITY_OF_BIG, _QUALITY = 5, 11


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """ServeStatic's, which is quick with big files too."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """Make what compresses each file."""
        return _Compressor(**kwargs)


class _Compressor(Compressor):  # type: ignore[misc]
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        quality = _QUALITY_OF_BIG if len(data) > _BIG_BYTES else _QUALITY
        return bytes(brotli.compress(data, quality=quality))
