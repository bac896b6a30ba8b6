"""The fixed vocabulary of a conversation: what learners do and how customers react."""

from __future__ import annotations

from typing import Literal, get_args

Label = Literal[
    "rapport",
    "situation",
    "problem",
    "implication",
    "payoff",
    "reflect",
    "acknowledge",
    "clarify",
    "evidence",
    "pitch",
    "commit",
    "other",
]

Reaction = Literal[
    "greets",  # first line of somebody who is there or joins
    "chats",  # answer to rapport
    "answers",  # a plant-sheet fact was given
    "discloses",  # a fact was unlocked
    "guards",  # right question, too little trust, and the fact has no line of its own
    "repeats",  # asked for what was already told
    "shrugs",  # a fair question that meets nothing here
    "tires",  # one situation question too many
    "confirms",  # an accurate playback
    "corrects",  # a playback that twists what was said
    "premature_playback",  # plays back what nobody has said yet
    "told_early",  # pitched before any explicit need
    "hears_pitch",  # a pitch after an explicit need
    "hears_proof",  # evidence the data sheet carries
    "doubts",  # a claim the data sheet does not carry
    "winces",  # a rival was run down
    "thanks",  # a short true answer to the customer's own question
    "glazes",  # a lecture
    "notes_dodge",  # an answer that was none
    "respects",  # 'I don't know, I'll check'
    "cools",  # consequences pressed without empathy
    "bristles",  # somebody was bypassed
    "settles",  # an objection dealt with
    "insists",  # an objection answered out of order
    "grants",  # a commitment given
    "refuses",  # a commitment asked too early
    "acknowledged",  # empathy where no objection is open
    "agrees_frame",  # the call's purpose, time or agenda was agreed
    "mumbles",  # nothing else fits
    "puzzled",  # could not make sense of what was typed; asks to say it again
    "offended",  # rudeness
    "overlong",  # far too much text at once
    "foreign",  # another language than the call's
    "parts",  # last words of somebody who leaves the call
    "vetoes",  # somebody stops the others
    "recalls",  # brings up what was heard of earlier calls
]

LABELS: tuple[str, ...] = get_args(Label)
QUESTIONS: tuple[str, ...] = ("situation", "problem", "implication", "payoff", "clarify")
REACTIONS: tuple[str, ...] = get_args(Reaction)
