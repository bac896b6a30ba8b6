"""The Jupyter Server part: what the course home, the lessons and the hand-in button ask for, as JSON.

Enabled by `techsell learn` alone, with the workspace in its configuration (`CourseLab.workspace`). A trainer's server
does not load it, so nothing runs by itself there and nothing is handed in from there.
"""

from __future__ import annotations

from typing import Any

__all__ = ["_jupyter_server_extension_points", "_load_jupyter_server_extension"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "techsell.labserver"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from pathlib import Path

    from techsell.labserver.desk import Desk
    from techsell.labserver.handlers import handlers

    workspace = server.config.get("CourseLab", {}).get("workspace", "")
    if workspace:
        server.web_app.add_handlers(".*$", handlers(server.base_url, Desk(Path(workspace))))
