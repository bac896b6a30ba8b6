"""A page that holds one of our widgets the way JupyterLab does: its own theme, a cell around it, the ESM as a blob.

The other end is the real Python widget: what the page sends goes to its message handler, and the traits that
change go back. Only the wire between them is ours, so these tests need no server.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from techsell.progress import Store
from techsell.questions import load
from techsell.roleplay import Conversation, load_scenario
from techsell.widgets import Binding, Prediction, Quiz, RolePlay
from techsell.widgets.calls import Calls

MODULE = "discovery_conversation"
CLEAR = "when did one of them last stop you"
HARMLESS = ("problem", "situation", "rapport")
THEMES = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title></head>
<body><main class="jp-Notebook"><div class="jp-Cell" tabindex="-1"><div id="one"></div><div id="two"></div></div></main>
</body></html>"""

MODEL = """
class Model {
  constructor(state) { this.state = state; this.handlers = new Map(); this.sent = []; this.due = Promise.resolve(); }
  get(name) { return this.state[name]; }
  on(name, handler) { this.handlers.set(name, [...(this.handlers.get(name) ?? []), handler]); }
  off(name, handler) { this.handlers.set(name, (this.handlers.get(name) ?? []).filter((h) => h !== handler)); }
  receive(state) {
    for (const [name, value] of Object.entries(state)) {
      if (JSON.stringify(this.state[name]) === JSON.stringify(value)) continue;
      this.state[name] = value;
      for (const handler of this.handlers.get(`change:${name}`) ?? []) handler();
    }
  }
  send(message) {
    this.sent.push(message);
    if (!window.silent) this.due = window.toKernel(message).then((state) => this.receive(state));
  }
}
window.show = async ({ esm, css, state }) => {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  window.widget = (await import(url)).default;
  window.model = new Model(state);
  window.close = window.widget.render({ model: window.model, el: document.getElementById("one") });
};
"""


@dataclass
class Stage:
    """A page with one widget on it."""

    page: Any
    widget: Any
    errors: list[str] = field(default_factory=list)

    @property
    def root(self) -> Any:
        return self.page.locator("#one .ts").first

    def lines(self) -> list[str]:
        """What the transcript says."""
        return self.page.locator("#one [role=log] .ts-words").all_text_contents()

    def sent(self) -> list[dict[str, Any]]:
        """What hands have sent; the page asks by itself for what takes a while."""
        messages: list[dict[str, Any]] = self.page.evaluate("model.sent")
        return [message for message in messages if message["do"] not in {"ready", "draw"}]

    def settle(self) -> None:
        """Wait until every answer due has been painted."""
        self.page.evaluate("model.due")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.settle()

    def click(self, selector: str) -> None:
        self.page.click(f"#one {selector}")
        self.settle()

    def state(self) -> dict[str, Any]:
        names = ("debrief", "figures", "view", "reveal")
        return {name: self.widget.get_state(name)[name] for name in names if self.widget.has_trait(name)}

    def push(self) -> None:
        """The kernel changed something by itself."""
        self.page.evaluate("(state) => model.receive(state)", self.state())

    def reconnect(self) -> None:
        """The page is shown again: a new view on the same model, as after closing and opening the notebook."""
        self.page.evaluate(
            """() => { close(); document.getElementById('one').replaceChildren();
            window.close = widget.render({ model, el: document.getElementById('one') }); }"""
        )

    def second_view(self) -> None:
        self.page.evaluate("() => { widget.render({ model, el: document.getElementById('two') }); }")

    def focus(self) -> str:
        """Text or name of what has the focus."""
        return self.page.evaluate(
            """() => { const at = document.activeElement;
            return at.textContent || at.getAttribute("aria-label") || at.tagName; }"""
        )


class House:
    """A page that shows one widget after another; to open a new one for each would take twice the time of a test."""

    def __init__(self, browser: Any) -> None:
        self.page = browser.new_page()
        self.stage: Stage | None = None
        self.page.on("pageerror", lambda error: self._fault(str(error)))
        self.page.on("console", lambda message: self._fault(message.text) if message.type == "error" else None)
        self.page.expose_function("toKernel", self._to_kernel)

    def _fault(self, text: str) -> None:
        if self.stage is not None:
            self.stage.errors.append(text)

    def _to_kernel(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self.stage is not None
        self.stage.widget._handle_custom_msg(message, [])
        return self.stage.state()

    def show(self, widget: Any, theme: str, width: int, motion: str) -> Stage:
        page, self.stage = self.page, Stage(self.page, widget)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(reduced_motion=motion)
        page.set_content(PAGE)
        page.add_style_tag(path=THEMES / f"theme-{theme}-extension" / "index.css")
        page.add_style_tag(content="body { margin: 16px; background: var(--jp-layout-color0); }")
        page.evaluate("(light) => { document.body.dataset.jpThemeLight = light; }", str(theme == "light").lower())
        page.add_script_tag(content=MODEL)
        parts = {"esm": widget._esm, "css": widget._css, "state": self.stage.state()}
        page.evaluate("(parts) => show(parts)", parts)
        return self.stage

    def clear(self) -> bool:
        """Take everything away. False: a test put its own clock in, which no other test may meet."""
        own_clock = not self.page.evaluate("Function.prototype.toString.call(setTimeout).includes('[native code]')")
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")
        self.stage = None
        return not own_clock


@pytest.fixture(scope="session")
def houses(browser: Any) -> Iterator[list[House]]:
    """Those that are free."""
    free: list[House] = []
    yield free
    for house in free:
        house.page.close()


@pytest.fixture
def put_on_stage(browser: Any, houses: list[House]) -> Iterator[Callable[..., Stage]]:
    """`put_on_stage(widget, theme="dark", width=800)` shows a widget and returns its stage."""
    taken: list[House] = []
    stages: list[Stage] = []

    def show(widget: Any, *, theme: str = "light", width: int = 1280, reduced_motion: bool = True) -> Stage:
        taken.append(houses.pop() if houses else House(browser))
        stages.append(taken[-1].show(widget, theme, width, "reduce" if reduced_motion else "no-preference"))
        return stages[-1]

    yield show
    for house in taken:
        if house.clear():
            houses.append(house)
        else:
            house.page.close()
    for stage in stages:
        assert stage.errors == []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "progress.db", learner="L-TEST") as opened:
        yield opened


@pytest.fixture
def binding(store: Store, tmp_path: Path) -> Binding:
    """A store that counts as a workspace's."""
    return Binding(store, "L-TEST", tmp_path / "transcripts", holder="lesson")


@pytest.fixture
def make(binding: Binding) -> Callable[..., RolePlay]:
    """`make("first_call")`: a role-play on the test's store; practice is seeded, so runs repeat."""

    def made(scenario_id: str = "cobalt_ridge", bound: Binding = binding) -> RolePlay:
        scenario = load_scenario(scenario_id)
        calls = Calls(scenario, bound, object=f"{MODULE}/{scenario_id}", practice_seed=lambda: 1)
        return RolePlay(scenario, bound, module=MODULE, calls=calls)

    return made


@pytest.fixture
def call(make: Callable[..., RolePlay]) -> RolePlay:
    """Cobalt Ridge, not yet begun."""
    return make()


@pytest.fixture(scope="session")
def unsure() -> str:
    """Something so vague that Cobalt Ridge (seed 1) asks back with a choice, as the first line and after `CLEAR`."""
    scenario = load_scenario("cobalt_ridge")
    words = dict.fromkeys(word for topic in scenario.topics for word in topic.keywords)
    for text in ("the line", *(f"the {word}" for word in words)):
        talks = [Conversation.start(scenario, seed=1), Conversation.start(scenario, seed=1)]
        talks[1].say(CLEAR)
        answers = [one.say(text).asking for one in talks]
        if all(asking is not None and len(asking["choices"]) > 1 for asking in answers):
            return text
    raise AssertionError("the recogniser is sure of every fragment: make vaguer ones")


@pytest.fixture
def talk() -> Callable[..., RolePlay]:
    """`talk(call, 3)` begins a call and picks so many lines that cost no trust, so that the customer stays."""

    def said(call: RolePlay, turns: int, mode: str = "practice") -> RolePlay:
        kinds = {option.id: option.moves[0].label for option in load_scenario(call.view["scenario"]).options}
        call.start(mode, "menu")
        while call.view["turn"] < turns and not call.view["over"]:
            offered: list[str] = []
            for _ in range(call.view["pages"]):
                offered += [line["option"] for line in call.view["menu"]]
                call.more()
            call.pick(next((option for option in offered if kinds[option] in HARMLESS), offered[0]))
        return call

    return said


@pytest.fixture
def quiz(binding: Binding) -> Quiz:
    return Quiz(load(MODULE).quizzes[0], binding, module=MODULE)


@pytest.fixture
def bet(binding: Binding) -> Prediction:
    return Prediction(load(MODULE).predictions[0], binding, module=MODULE)
