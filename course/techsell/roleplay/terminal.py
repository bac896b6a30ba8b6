"""The role-play in a terminal: the same verbs as the widget, plain text, works piped.

A line is a key or, when it is none, what the learner says.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from techsell.errors import ConversationInUse, RoleplayError

from .terminal_debrief import AfterCall

if TYPE_CHECKING:
    from .conversation import Conversation
    from .debrief.words import Paragraph

__all__ = ["Terminal"]

KEYS = "1-6 say it · 0 more lines · h hint · u take back · b briefing · n notes · q end the call"
TYPE = "Type what you say, or a key: "
ASKED = {
    "rephrase": "Not understood; no turn is lost. Say it in other words.",
    "menu": "Not understood. Pick one of these lines, or try other words.",
}
LISTENED = "Listening is worth more than asking: the rubric counts what you played back and what you did not tell."


class Terminal:
    """Plays one conversation.

    Args:
        conversation: begun or resumed.
        read: the next line typed, None at the end of the input.
        write: puts one piece of text on the screen; lines end with a line feed.
        width: characters a line.
    """

    def __init__(
        self,
        conversation: Conversation,
        read: Callable[[], str | None],
        write: Callable[[str], object],
        *,
        width: int = 80,
    ) -> None:
        self.conversation = conversation
        self._read = read
        self._write = write
        self._width = max(40, min(width, 100))
        self._shown = 0
        self._page = 0
        self._keys: dict[str, Callable[[], None]] = {
            "0": self._more,
            "h": self._hint,
            "u": self._undo,
            "b": self._briefing,
            "n": self._notes,
            "q": self._hang_up,
        }

    def play(self) -> bool:
        """Until the call is over (True) or the input ends (False); what was said is in the journal either way."""
        self._briefing()
        while not self.conversation.over:
            self._log()
            if not self._confirm():
                self._menu()
            self._write("> ")
            typed = self._read()
            if typed is None:
                self._write("\n")
                return False
            self._write("\n")
            self._take(typed.strip())
        self._log()
        after = AfterCall(self.conversation, self._read, self._paragraph, self._write)
        self._rule()
        after.ask()
        self._score()
        self._rule()
        after.tell()
        return True

    # What is typed

    def _take(self, typed: str) -> None:
        key, choices = typed.lower(), self._choices()
        try:
            if choices and key in {str(number) for number in range(len(choices) + 1)}:
                self.conversation.choose(int(key) - 1)
            elif key in self._keys:
                self._keys[key]()
            elif key in {"1", "2", "3", "4", "5", "6"}:
                self._say(int(key))
            elif self.conversation.can_type and self._is_speech(key):
                self.conversation.say(typed)
                self._page = 0
            elif key:
                self._line(f"{key[:20]!r} is no key here. {KEYS}")
        except ConversationInUse:
            raise
        except RoleplayError as error:
            self._line(f"{error.problem}. {error.cure}.")

    def _is_speech(self, typed: str) -> bool:
        """More than a slip of the finger; a bare number is speech only where the customer has asked something."""
        return len(typed) > 1 and (bool(self.conversation.state.pending) or not set(typed) <= set("0123456789 -+."))

    def _choices(self) -> list[dict[str, Any]]:
        """What 'Did you mean' offers now; key 0 is none of these, which is choice -1."""
        asking = self.conversation.view()["asking"]
        return asking["choices"] if asking and asking["kind"] == "confirm" else []

    def _say(self, key: int) -> None:
        chosen = next((line for line in self.conversation.menu(self._page) if line.key == key), None)
        if chosen is None:
            self._line(f"There is no line {key} on this page.")
            return
        self.conversation.pick(chosen.option)
        self._page = 0

    def _more(self) -> None:
        pages = self.conversation.pages
        if pages < 2:
            self._line("These are all the lines there are now.")
        else:
            self._page = (self._page + 1) % pages

    def _hint(self) -> None:
        self.conversation.hint()

    def _undo(self) -> None:
        self.conversation.undo()
        self._page = 0

    def _hang_up(self) -> None:
        self.conversation.hang_up()

    # What is shown

    def _briefing(self) -> None:
        view = self.conversation.view()
        mode = f"declared attempt {view['attempt']} of 3" if view["mode"] == "declared" else "practice"
        self._rule(f"{view['title']} · {mode}")
        for word, key in (("You", "you"), ("Call", "call"), ("Goal", "goal"), ("Product", "product")):
            self._line(view["brief"][key], first=f"{word:<9}", then=" " * 9)
        self._rule()
        if view["news"]:
            self._line(view["news"])
            self._rule()

    def _log(self) -> None:
        for line in self.conversation.log[self._shown :]:
            name = "  ·" if line.who == "note" else line.speaker.split(" ")[0]
            self._line(line.text, first=f"{name[:10]:>10}  ", then=" " * 12)
        self._shown = len(self.conversation.log)

    def _confirm(self) -> bool:
        """Ask what was meant; whether there is something to ask."""
        choices = self._choices()
        if choices:
            self._rule()
            self._line("Not sure I understood. Did you mean")
            for choice in choices:
                self._line(choice["text"], first=f"  {choice['key']}  ", then=" " * 5)
            self._line("None of these.", first="  0  ", then=" " * 5)
        return bool(choices)

    def _menu(self) -> None:
        view = self.conversation.view(self._page)
        people = ", ".join(f"{person['name']} ({person['role']})" for person in view["with"])
        mood = view["mood"]
        self._rule()
        self._line(
            f"{people} · turn {view['turn']} of {view['budget']} · {mood['word']} {mood['icon']} {view['trust']}/10"
        )
        if view["asking"]:
            self._line(ASKED[view["asking"]["kind"]])
        for line in view["menu"]:
            self._line(line["text"], first=f"  {line['key']}  ", then=" " * 5)
        if not view["menu"]:
            self._line("Nothing more to say from the list: q ends the call.")
        more = f"page {view['page'] + 1} of {view['pages']} · " if view["pages"] > 1 else ""
        typing = TYPE if self.conversation.can_type else ""
        self._line(f"{more}{typing}{KEYS}", first="     ", then=" " * 5)

    def _notes(self) -> None:
        notes = self.conversation.view()["notes"]
        self._line("Your notes:" if notes else "No notes yet: nothing that matters has been told.")
        for note in notes:
            self._line(f"{note['text']} (turn {note['turn']})", first="  - ", then=" " * 4)

    def _score(self) -> None:
        view = self.conversation.view()
        ending, card = view["ending"], view["scorecard"]
        self._rule()
        self._line(f"The call has ended: {ending['kind'].replace('_', ' ')}. {ending['summary']}")
        found = len(card["facts_found"])
        self._line(f"You found out {found} of {found + len(card['facts_missed'])} things.")
        if not card["lines"]:
            self._line("This call is not scored.")
            return
        self._line(f"Score {card['total']:.2f} of 100; {card['pass_mark']} pass. {_verdict(card)}")
        for sentence in card["remarks"]:
            self._line(sentence)
        for line in card["lines"]:
            points = f"{line['points']:6.2f} of {line['weight']:>3}"
            self._line(f"{line['title']}: {line['why']}", first=f"  {line['id']:<4}{points}  ", then=" " * 22)
            if line["advice"]:
                self._line(f"Next time: {line['advice']}", first=" " * 22, then=" " * 22)
        self._line(LISTENED)

    def _paragraph(self, paragraph: Paragraph) -> None:
        if paragraph.text:
            self._line(paragraph.text, first=paragraph.first, then=paragraph.then)
        else:
            self._write("\n")

    def _line(self, text: str, *, first: str = "", then: str = "") -> None:
        wrapped = textwrap.fill(text, self._width, initial_indent=first, subsequent_indent=then)
        self._write(f"{wrapped}\n")

    def _rule(self, title: str = "") -> None:
        self._write(f"── {title} ".ljust(self._width, "─") + "\n" if title else "─" * self._width + "\n")


def _verdict(card: Mapping[str, Any]) -> str:
    if card["passed"]:
        return "Passed."
    if card["blocked_by"]:
        return f"Not passed: {card['blocked_by']} rules it out, whatever the total."
    return "Not passed."
