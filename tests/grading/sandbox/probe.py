"""The program that these tests run inside a sandbox: does what it is told, as a learner's code would."""

from __future__ import annotations

from typing import Any

from techsell_grading.grader.wire import Channel, Closed


def serve(control: Channel, other: Channel | None) -> None:
    """`{"code"}` -> `{"out"}`, the value that the code gave to `out`, or `{"error"}`."""
    space: dict[str, Any] = {"control": control, "other": other}
    while True:
        try:
            message = control.receive()
        except Closed:
            return
        try:
            space["out"] = None
            exec(message["code"], space)  # noqa: S102 - that is what it is for
            answer = {"out": space["out"]}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        control.send(answer)
