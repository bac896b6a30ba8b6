"""HTTP for the desk: authenticated, XSRF-checked by Jupyter Server, and never blocking its loop."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from techsell.errors import (
    ContentMissing,
    HandInIncomplete,
    StoreLocked,
    TechsellError,
    UsageError,
    WorkspaceMissing,
)
from techsell.labserver.desk import Desk

__all__ = ["handlers"]

_LOG = logging.getLogger(__name__)

_MISSING = (ContentMissing, HandInIncomplete, UsageError, WorkspaceMissing)
MOST_CELLS = 2_000
_FAULT = (
    "The course met a fault of its own; your work is untouched. The terminal where 'techsell learn' runs says more. "
    "Reload the page, and if it comes again, start 'techsell learn' anew."
)


def handlers(base_url: str, desk: Desk) -> list[tuple[str, type[APIHandler], dict[str, Desk]]]:
    """The routes under `<base_url>/techsell/`."""
    routes: list[tuple[str, type[APIHandler]]] = [
        ("home", HomeHandler),
        ("autorun", AutorunHandler),
        ("hand-in", HandInHandler),
        (r"feedback/([a-z][a-z0-9_]{0,59})", FeedbackHandler),
    ]
    return [(url_path_join(base_url, "techsell", path), handler, {"desk": desk}) for path, handler in routes]


class _DeskHandler(APIHandler):
    desk: Desk

    def initialize(self, desk: Desk) -> None:  # tornado's way to hand over arguments
        super().initialize()
        self.desk = desk

    async def answer(self, work: Callable[..., dict[str, Any]], *arguments: Any) -> None:
        """Do `work` in a thread; send its result, or the sentence of its error as `{"message": …}`."""
        try:
            result = await asyncio.to_thread(work, *arguments)
        except TechsellError as error:
            self.set_status(404 if isinstance(error, _MISSING) else 503 if isinstance(error, StoreLocked) else 409)
            self.finish(json.dumps({"message": str(error)}))
        except Exception:
            _LOG.exception("the course could not answer %s", self.request.path)
            self.set_status(500)
            self.finish(json.dumps({"message": _FAULT}))
        else:
            self.finish(json.dumps(result))

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        data = self.get_json_body()
        if not isinstance(data, dict):
            raise web.HTTPError(400, "a JSON object is expected")
        return data


class HomeHandler(_DeskHandler):
    @web.authenticated
    async def get(self) -> None:
        await self.answer(self.desk.home)


class AutorunHandler(_DeskHandler):
    @web.authenticated
    async def post(self) -> None:
        data = self.body()
        path, cells = data.get("path"), data.get("cells")
        if not isinstance(path, str) or not _are_cells(cells):
            raise web.HTTPError(400, "expected {path, cells: [{id, source}]}")
        await self.answer(self.desk.autorun, path, cells)


class HandInHandler(_DeskHandler):
    @web.authenticated
    async def post(self) -> None:
        module = self.body().get("module")
        if not isinstance(module, str):
            raise web.HTTPError(400, "expected {module}")
        await self.answer(self.desk.hand_in, module)


class FeedbackHandler(_DeskHandler):
    @web.authenticated
    async def get(self, module: str) -> None:
        await self.answer(self.desk.feedback, module)


def _are_cells(cells: Any) -> bool:
    return (
        isinstance(cells, list)
        and len(cells) <= MOST_CELLS
        and all(
            isinstance(cell, dict) and isinstance(cell.get("id"), str) and isinstance(cell.get("source"), str)
            for cell in cells
        )
    )
