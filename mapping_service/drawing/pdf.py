"""A page printed as PDF, by WeasyPrint: fonts are embedded, letters joined and turned as their script wants it.

Nothing is fetched from anywhere: a page gets the files that it is given. The same page on the same machine gives the
same bytes. Letters for which the machine has no font come out as boxes; they are told, so that the page can say so.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from threading import Lock

from mapping_service.errors import Unavailable

Files = Callable[[str], str]
"""Gives the text of a file by its address; raises ``ValueError`` for one that there is not."""

_BASE = "page://sheet"
_MISSING = re.compile(r'\.notdef glyph rendered.*"(.)"', re.DOTALL)
# One at a time: a page takes a core for a second or more, and what WeasyPrint says is heard by all.
_PRINTING = Lock()


class _Missing(logging.Handler):
    """Hears for which letters there was no font."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.letters: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Note the letter, if the record is about one."""
        if found := _MISSING.search(record.getMessage()):
            self.letters.add(found.group(1))


def print_page(page: Callable[[bool], str], files: Files) -> bytes:
    """Print HTML and return the PDF.

    ``page`` writes the HTML; it is asked again, with true, where letters are missing, so that it can say so.
    Raises ``Unavailable`` ``pdf_unavailable`` where Pango is not installed.
    """
    with _PRINTING:
        made, missing = _print(page(False), files)
        return _print(page(True), files)[0] if missing else made


def require_pango() -> None:
    """Raise ``Unavailable`` ``pdf_unavailable`` where this machine cannot set type."""
    try:
        # Here and not above: it loads Pango, without which all but PDF must go on.
        from weasyprint import HTML  # noqa: F401
    except OSError as error:
        needed = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core"
        sentence = f"This machine cannot write PDF. Run script/server again, or as root: apt-get install {needed}"
        raise Unavailable("pdf_unavailable", sentence) from error


def _print(html: str, files: Files) -> tuple[bytes, set[str]]:
    require_pango()
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Given(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            return URLFetcherResponse(url, files(url.removeprefix(_BASE)), {"Content-Type": "text/css"})

    heard, log = _Missing(), logging.getLogger("weasyprint")
    log.addHandler(heard)
    log.propagate = False  # what of the screen's style a printer leaves aside is no news
    try:
        made = HTML(string=html, base_url=f"{_BASE}/", url_fetcher=Given()).write_pdf(pdf_tags=True)
    finally:
        log.removeHandler(heard)
    assert isinstance(made, bytes)
    return made, heard.letters
