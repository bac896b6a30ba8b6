"""Can the job aid go to a customer's without anything else?"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from techsell.datasets import discovery as data

HERE = Path(__file__).resolve().parents[2] / "course" / "modules" / "03_discovery_conversation"


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_job_aid_stands_alone() -> None:
    text = (HERE / "job_aid.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    names = [tag for tag, _ in page.seen]
    assert ("html", {"lang": "en"}) in page.seen
    assert {"title", "main", "h1"} <= set(names)
    assert not {"script", "img", "link", "iframe"} & set(names)
    assert "http" not in text
    assert all("scope" in attrs for tag, attrs in page.seen if tag == "th")
    for field in data.FIELDS:
        assert field.replace("_", " ") in text.lower()


def test_the_job_aid_prints_on_one_sheet(browser: Any) -> None:
    page = browser.new_page()
    page.goto((HERE / "job_aid.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
