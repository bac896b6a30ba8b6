"""A PDF of an HTML page, through weasyprint where it is there; nothing is ever fetched."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NoReturn

from techsell.errors import PdfMissing

__all__ = ["LIBRARIES", "pdf_of"]

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""Debian packages that weasyprint loads; pip does not bring them"""


def pdf_of(html: str) -> tuple[bytes, int]:
    """The PDF and its number of pages.

    Raises:
        PdfMissing: weasyprint is not installed, or a system library that it needs.
    """
    printed = _weasyprint().HTML(string=html, url_fetcher=_nothing).render()
    return bytes(printed.write_pdf()), len(printed.pages)


def _weasyprint() -> Any:
    try:
        return import_module("weasyprint")
    except ImportError as error:
        cure = "Install it with: pip install 'techsell[report]', or print the HTML file from a browser"
        raise PdfMissing("There is no weasyprint here to make a PDF with", cure=cure) from error
    except OSError as error:  # a shared library cannot be loaded
        cure = f"Debian, Ubuntu: 'apt-get install {LIBRARIES}'; or print the HTML file from a browser"
        raise PdfMissing("weasyprint lacks a system library", place=str(error)[:80], cure=cure) from error


def _nothing(url: str, *args: object, **kwargs: object) -> NoReturn:
    raise ValueError(f"cards load nothing: {url}")
