"""What every test room shares: where the repository is, and what a missing system part means."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI", "").lower() == "true"


@pytest.fixture(scope="session")
def repository() -> Path:
    """Folder of the checkout under test."""
    return REPOSITORY


@pytest.fixture(scope="session")
def need_program() -> Callable[..., str]:
    """Path of a system program: skips with the install hint on a laptop, fails in CI."""

    def find(*names: str, hint: str) -> str:
        for name in names:
            if found := shutil.which(name):
                return found
        message = f"no {' or '.join(names)} on this machine; {hint}"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)

    return find


@pytest.fixture(scope="session")
def chromium(need_program: Callable[..., str]) -> str:
    """Path of a Chromium that Playwright can drive."""
    return need_program("chromium", "chromium-browser", "google-chrome", hint="'apt-get install chromium'")
