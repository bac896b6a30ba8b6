"""Does everything in a scenario file lead somewhere?

Works on the tree, so that faults of shape and of reference are found together.

Codes: TS301 dangling id · TS302 id used twice · TS303 weights · TS304 number of a variant or unit names nothing ·
TS305 `{placeholder}` names no number · TS306 a persona lacks lines · TS307 id is not the file's name ·
TS308 no ending for a case that always can come · TS309 an ending that ends the call at once ·
TS310 facts that wait for one another · TS311 a key that this kind of move never uses ·
TS312 nobody is there at the start · TS313 commitment and ending do not fit · TS314 a rubric line nobody can earn ·
TS315 the same text twice in one place, so that both have one line id · TS316 support that nobody can give.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from techsell.errors import Problem

from .labels import LABELS, QUESTIONS
from .lines import twins
from .shape import did_you_mean
from .yaml_source import Node

__all__ = ["ASKER_LINES", "REQUIRED_LINES", "check_references"]

REQUIRED_LINES = (
    *("greets", "chats", "guards", "repeats", "shrugs", "tires"),
    *("confirms", "corrects", "premature_playback"),
    *("told_early", "hears_pitch", "hears_proof", "doubts", "winces"),
    *("cools", "acknowledged", "agrees_frame", "mumbles"),
    *("puzzled", "offended", "overlong", "foreign"),
)
"""Reactions for which every persona needs a line of its own; the rest is said by facts, objections, commitments."""

ASKER_LINES = ("thanks", "glazes", "notes_dodge", "respects")
"""Needed as well by personas who ask questions. `bristles` is needed by those who can be bypassed."""

LEAST_LINES = {"puzzled": 3, "offended": 2}
"""Reactions that come several times in a row when typing goes wrong: as many different lines at least."""

NAMESPACES = {
    "personas": "persona",
    "topics": "topic",
    "facts": "fact",
    "plant": "plant fact",
    "datasheet": "claim",
    "questions": "customer's question",
    "objections": "objection",
    "commitments": "commitment",
    "endings": "ending",
    "options": "option",
    "rubric": "rubric line",
    "variants": "variant",
    "rumours": "rumour",
}

_CONDITIONS = (
    *("personas.*.joins", "personas.*.leaves", "personas.*.supports", "personas.*.veto.when"),
    *("questions.*.when", "objections.*.when", "commitments.*.needs"),
    *("endings.*.when", "options.*.when", "hints.*.when"),
)
_IN_CONDITION = {
    "facts.*": "facts",
    "any_fact.*": "facts",
    "not_facts.*": "facts",
    "present.*": "personas",
    "absent.*": "personas",
    "open.*": "objections",
    "settled.*": "objections",
    "pending": "questions",
    "answered.*": "questions",
    "granted.*": "commitments",
}
_POINTERS = {
    "facts.*.holder": "personas",
    "facts.*.unlock.topics.*": "topics",
    "facts.*.unlock.after.*": "facts",
    "plant.*.holder": "personas",
    "plant.*.topics.*": "topics",
    "questions.*.asker": "personas",
    "questions.*.claims.*": "datasheet",
    "objections.*.holder": "personas",
    "commitments.*.giver": "personas",
    "commitments.*.ends": "endings",
    "endings.*.speaker": "personas",
    "options.*.to": "personas",
    "options.*.moves.*.topics.*": "topics",
    "options.*.moves.*.facts.*": "facts",
    "options.*.moves.*.claim": "datasheet",
    "options.*.moves.*.ask": "commitments",
    "options.*.moves.*.objection": "objections",
    "options.*.moves.*.bypasses": "personas",
    "rubric.*.evidence.facts.*": "facts",
    "rubric.*.evidence.topics.*": "topics",
    "rubric.*.evidence.objections.*": "objections",
    "options.*.moves.*.fact_wanted": "facts",
    "options.*.moves.*.plant": "plant",
    "rumours.*.teller": "personas",
    "worked.lines.*.option": "options",
    "variants.*.decoys.*": "facts",
    "variants.*.says.@": "facts",
    "variants.*.notes.@": "facts",
} | {f"{place}.{path}": space for place in _CONDITIONS for path, space in _IN_CONDITION.items()}

_ORDINARY_TOO = ("plant.*.topics.*", "options.*.moves.*.topics.*")
"""places where an ordinary topic may stand beside those of the scenario"""

_FITS = {
    "facts": ("reflect", "pitch", "evidence", "payoff"),
    "wrong": ("reflect",),
    "ask": ("commit",),
    "past": QUESTIONS,
    "objection": ("acknowledge", "clarify", "evidence"),
    "overclaims": ("evidence", "pitch"),
    "fact_wanted": QUESTIONS,
    "plant": QUESTIONS,
}


def select(node: Node, path: str) -> Iterator[Node]:
    """All values under a path: names, `*` for each list item, `@` for each key of a mapping (as text)."""
    head, _, rest = path.partition(".")
    if head == "*":
        found = list(node.items or ())
    elif head == "@":
        found = [Node(line, value=key) for key, (line, _) in (node.keys or {}).items()]
    else:
        child = node.get(head)
        found = [] if child is None else [child]
    for item in found:
        if rest:
            yield from select(item, rest)
        else:
            yield item


def check_references(root: Node, file: str, stem: str | None) -> list[Problem]:
    """Everything that points nowhere or cannot work.

    Args:
        root: the tree of the file; wrong types are passed over here, `check_shape` names them.
        file: its name, for the problems.
        stem: the file's name without its ending, or None when the text came from elsewhere.
    """
    return [
        Problem(file, line, code, message, hint)
        for check in (
            _ids,
            _pointers,
            _numbers,
            _lines,
            _endings,
            _circles,
            _moves,
            _commitments,
            _support,
            _rubric,
            _twins,
        )
        for line, code, message, hint in check(root)
    ] + [Problem(file, line, code, message, hint) for line, code, message, hint in _stem(root, stem)]


Found = Iterator[tuple[int, str, str, str]]


def _names(root: Node, space: str) -> list[str]:
    return [str(node.value) for node in select(root, f"{space}.*.id")]


def _stem(root: Node, stem: str | None) -> Found:
    node = root.get("id")
    if stem is not None and node is not None and isinstance(node.value, str) and node.value != stem:
        yield node.line, "TS307", f"the id {node.value!r} is not the name of the file.", f"Write 'id: {stem}'."


def _ids(root: Node) -> Found:
    for space, what in NAMESPACES.items():
        seen: dict[object, int] = {}
        for node in select(root, f"{space}.*.id"):
            if node.value in seen:
                hint = f"First used on line {seen[node.value]}."
                yield node.line, "TS302", f"the {what} {node.value!r} exists twice.", hint
            seen.setdefault(node.value, node.line)


def _pointers(root: Node) -> Found:
    from .recogniser.ordinary import ordinary_topics

    known = {space: _names(root, space) for space in NAMESPACES}
    for path, space in _POINTERS.items():
        ordinary = ordinary_topics() if path in _ORDINARY_TOO else ()
        for node in select(root, path):
            if isinstance(node.value, str) and node.value not in known[space] and node.value not in ordinary:
                hint = did_you_mean(node.value, known[space])
                yield node.line, "TS301", f"there is no {NAMESPACES[space]} {node.value!r}.", hint


def _numbers(root: Node) -> Found:
    known: list[str] = []
    for fact in select(root, "facts.*"):
        own = [str(key.value) for key in select(fact, "numbers.@")]
        known += [f"{fact.text('id')}.{name}" for name in own]
        for unit in select(fact, "unit.@"):
            if unit.value not in own:
                hint = did_you_mean(str(unit.value), own)
                yield unit.line, "TS304", f"the unit {unit.value!r} belongs to no number of this fact.", hint
    for key in select(root, "variants.*.numbers.@"):
        if key.value not in known:
            hint = did_you_mean(str(key.value), known)
            yield key.line, "TS304", f"no fact has the number {str(key.value)!r}.", hint
    rumours = {id(node) for node in select(root, "rumours.*.says")}
    for node in _texts(root):
        if id(node) in rumours:
            node = Node(node.line, value=str(node.value).replace("{from}", ""))
        for name in re.findall(r"\{([^{}]*)\}", str(node.value)):
            if name not in known:
                yield node.line, "TS305", f"{{{name}}} names no number of a fact.", did_you_mean(name, known)
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", str(node.value))):
            yield node.line, "TS305", "a single brace in a text.", "Write {fact_id.name} for a number, else no braces."


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    for item in node.items or ():
        yield from _texts(item)
    for _, child in (node.keys or {}).values():
        yield from _texts(child)


def _lines(root: Node) -> Found:
    askers = {node.value for node in select(root, "questions.*.asker")}
    bypassed = {node.value for node in select(root, "options.*.moves.*.bypasses")}
    personas = list(select(root, "personas.*"))
    if personas and all(persona.get("joins") for persona in personas):
        yield personas[0].line, "TS312", "every persona joins later; nobody is there at the start.", "Drop a 'joins'."
    for persona in personas:
        name = persona.text("id")
        here = {str(key.value) for key in select(persona, "lines.@")}
        wanted = list(REQUIRED_LINES) + (list(ASKER_LINES) if name in askers else [])
        if persona.get("leaves"):
            wanted.append("parts")
        if name in bypassed or (len(personas) > 1 and not persona.get("joins")):
            wanted.append("bristles")
        lines = persona.get("lines")
        lacking = [word for word in wanted if word not in here]
        empty = [key for key, (_, node) in ((lines.keys if lines else None) or {}).items() if node.items == []]
        if lacking:
            at = lines.line if lines else persona.line
            yield at, "TS306", f"{name!r} has no line for: {', '.join(lacking)}.", "Write at least one for each."
        for word, least in LEAST_LINES.items():
            own = lines.get(word) if lines else None
            if own is not None and own.items and len(own.items) < least:
                hint = f"Write {least} or more, in other words each."
                yield own.line, "TS306", f"{name!r} has too few lines for {word}: {len(own.items)}.", hint
        if empty and lines:
            yield lines.line, "TS306", f"{name!r} has an empty list for: {', '.join(empty)}.", "Write at least one."


def _endings(root: Node) -> Found:
    endings = list(select(root, "endings.*"))
    at = (root.keys or {}).get("endings", (root.line, root))[0]
    for trigger, when in (("budget", "the turns are used up"), ("hang_up", "the learner ends the call")):
        if endings and not any(end.text("trigger") == trigger and _always(end.get("when")) for end in endings):
            hint = f"Add one with 'trigger: {trigger}' and no 'when', after the others."
            yield at, "TS308", f"no ending for sure when {when}.", hint
    if endings and not any(end.text("kind") == "ejected" for end in endings):
        yield at, "TS308", "no ending of the kind 'ejected' for trust 0.", "Add one with 'when: {max_trust: 0}'."
    for end in endings:
        if end.text("trigger") in {None, "condition"} and _always(end.get("when")):
            hint = "Add 'when' or another 'trigger'."
            yield end.line, "TS309", f"the ending {end.text('id')!r} has no condition.", hint


def _always(when: Node | None) -> bool:
    return when is None or not when.keys


def _circles(root: Node) -> Found:
    after = {
        str(fact.text("id")): {str(need.value) for need in select(fact, "unlock.after.*")}
        for fact in select(root, "facts.*")
    }
    for fact in select(root, "facts.*"):
        name = str(fact.text("id"))
        waits: set[str] = set()
        while more := {need for each in (waits or {name}) for need in after.get(each, ())} - waits:
            waits |= more
        if name in waits:
            hint = f"It waits for {', '.join(sorted(after[name]))}, and in the end for itself."
            yield fact.line, "TS310", f"the fact {name!r} can never be opened.", hint


def _moves(root: Node) -> Found:
    for option in select(root, "options.*"):
        pending = next(select(option, "when.pending"), None)
        for move in select(option, "moves.*"):
            label = move.text("label")
            if label not in LABELS:
                continue
            for key, labels in _FITS.items():
                if key in (move.keys or {}) and label not in labels:
                    hint = f"It belongs to: {', '.join(labels)}."
                    yield (move.keys or {})[key][0], "TS311", f"{key!r} is never used with the label {label!r}.", hint
            if "manner" in (move.keys or {}) and pending is None:
                hint = "Add 'when: {pending: question_id}' to the option."
                yield (move.keys or {})["manner"][0], "TS311", "'manner' without a customer's question to answer.", hint
            if (move.text("trouble") or "rude") != "rude":
                hint = "An option can be rude; the other kinds belong to typed text."
                yield (move.keys or {})["trouble"][0], "TS311", "this 'trouble' cannot come from an option.", hint
            if label == "commit" and not move.get("ask") and not move.get("slots"):
                hint = "Add 'ask: commitment_id'."
                yield move.line, "TS311", "the label 'commit' without 'ask' asks for nothing.", hint


def _commitments(root: Node) -> Found:
    triggers = {end.text("id"): end.text("trigger") or "condition" for end in select(root, "endings.*")}
    leads = {node.value for node in select(root, "commitments.*.ends")}
    for node in select(root, "commitments.*.ends"):
        if triggers.get(str(node.value), "commitment") != "commitment":
            hint = "Give that ending 'trigger: commitment'."
            yield node.line, "TS313", f"the ending {node.value!r} is not reached by a commitment.", hint
    for end in select(root, "endings.*"):
        if end.text("trigger") == "commitment" and end.text("id") not in leads:
            hint = "Add 'ends' to a commitment."
            yield end.line, "TS313", f"no commitment leads to the ending {end.text('id')!r}.", hint


def _influence(persona: Node) -> int:
    own = persona.get("influence")
    return own.value if own is not None and isinstance(own.value, int) else 5


def _support(root: Node) -> Found:
    for node in select(root, "personas.*.supports.min_support"):
        hint = "Say what brings this person over: facts, trust, who is there."
        yield node.line, "TS316", "'supports' cannot itself ask for support.", hint
    weight = sum(_influence(persona) for persona in select(root, "personas.*") if persona.get("supports"))
    for place in _CONDITIONS:
        if not place.endswith("supports"):
            for node in select(root, f"{place}.min_support"):
                if isinstance(node.value, int) and node.value > weight:
                    hint = "Give people 'supports' and 'influence', or ask for less."
                    yield node.line, "TS316", f"'min_support: {node.value}', but there is {weight} at most.", hint


def _twins(root: Node) -> Found:
    for place, text, first, line in twins(root):
        hint = f"First on line {first}. Write it in other words, or leave one out."
        yield line, "TS315", f"{text[:40]!r} stands twice in {place!r}.", hint


def _rubric(root: Node) -> Found:
    lines = list(select(root, "rubric.*"))
    weights = [node.value for node in select(root, "rubric.*.weight") if isinstance(node.value, int)]
    graded = root.get("graded")
    at = (root.keys or {}).get("rubric", (root.line, root))[0]
    if graded is not None and graded.value is True and sum(weights) != 100 and len(weights) == len(lines):
        yield at, "TS303", f"the rubric's weights add up to {sum(weights)}.", "They must add up to 100."
    for evidence in select(root, "rubric.*.evidence"):
        full = evidence.get("full")
        if full is None or not isinstance(full.value, int):
            continue
        if full.value < 1:
            yield full.line, "TS314", f"'full: {full.value}' is earned by nobody doing anything.", "Use 1 or more."
        kinds = {"coverage": "facts", "presence": "slots"}
        counted = [node.value for node in select(evidence, f"{kinds.get(evidence.text('kind') or '', '')}.*")]
        twice = [str(name) for name, count in Counter(counted).items() if count > 1]
        if (counted or evidence.text("kind") == "coverage") and full.value > len(set(counted)):
            hint = f"Only {len(set(counted))} are listed" + (f"; {twice[0]!r} counts once." if twice else ".")
            yield full.line, "TS314", f"nobody can reach 'full: {full.value}'.", hint
