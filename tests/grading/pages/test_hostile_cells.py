"""Whatever stands in a hand-in, the page is text and pictures: it runs nothing, loads nothing and hides nothing."""

from __future__ import annotations

import base64
import json
import struct
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell_grading.pages.code import highlighted
from techsell_grading.pages.picture import picture
from techsell_grading.pages.prose import prose
from techsell_grading.pages.text import cut, visible

TAGS = (
    "<script>alert(1)</script>",
    "</pre></code></main><script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><style>*{display:none}</style></svg>",
    "<iframe srcdoc='<script>1</script>'></iframe><base href=//evil.example>",
    "\"><a href='javascript:alert(1)' style='position:fixed'>click</a>",
    "{{ 7*7 }}{% for x in range(9) %}",
    "]]><!--",
    "</style></title></textarea><meta http-equiv=refresh content=0>",
    "&lt;script&gt; &amp;amp;",
)
MARKDOWN = (
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt&#58;alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    '[click](https://evil.example "title\\" onmouseover=alert(1)")',
    "![track](https://evil.example/pixel.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x][a]\n\n[a]: https://evil.example/a.png",
    "<https://evil.example/>",
    "<a href=javascript:alert(1)>x</a>",
    '```html" onload=alert(1)\n<script>alert(1)</script>\n```',
    "| a |\n|:-:|\n| <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>\n\nText\n<div onclick=alert(1)>\n\n</div>",
    "<details open ontoggle=alert(1)>",
    "$$\\href{javascript:alert(1)}{x}$$",
)


def png(width: int = 3, height: int = 2, *extra: tuple[bytes, bytes], behind: bytes = b"") -> str:
    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = part(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(3) for _ in range(2))))
    parts = [b"\x89PNG\r\n\x1a\n", head, *(part(*one) for one in extra), body, part(b"IEND", b""), behind]
    return base64.b64encode(b"".join(parts)).decode()


class TestTags:
    @pytest.mark.parametrize("words", [*TAGS, *MARKDOWN])
    def test_it_is_read_as_text_wherever_it_stands(self, paper, out, words):
        paper.answer(f"x = '''{words}'''", out["stream"](words), out["data"]({"text/plain": words}, "execute_result"))
        paper.own(f"raise ValueError({words!r})", out["error"](words, words, f"Cell In[1], line 1\n----> 1 {words}"))
        paper.own(f"# {words}", kind="markdown").own(words, kind="raw")
        paper.test(message=f"Called f({words}): {words} came back; wanted {words}. {words}")
        paper.test("double__wrong_idea", message=words)
        paper.reasons = (words,)
        read = paper.read()
        assert read.wrong == []
        assert words.split("\n")[0] in read.said
        assert "49" not in read.said.replace(words, "")

    @pytest.mark.parametrize("words", MARKDOWN)
    def test_written_answers_lead_nowhere_and_load_nothing(self, paper, words):
        paper.cell("markdown", words, "plan", solution=True, grade=True)
        read = paper.test().read()
        assert read.wrong == []
        assert read.pictures == []

    def test_outputs_that_a_browser_would_run_are_not_taken(self, paper, out):
        bundle = {"text/html": "<b>one</b>", "image/svg+xml": "<svg/>", "application/javascript": "alert(1)"}
        bundle |= {"text/markdown": "# x", "text/plain": "two"}
        read = paper.answer("x", out["data"](bundle)).test().read()
        assert read.wrong == []
        assert "two" in read.said
        assert not [word for word in ("one", "alert", "svg") if word in read.said]

    def test_names_of_tasks_and_learners_are_text_too(self, paper):
        paper.answer("x = 1", name="<b>a").test("<b>a", message="<b>")
        assert paper.read().wrong == []

    def test_what_the_browser_is_told_to_forbid(self, paper):
        text = paper.answer("x = 1").test().text()
        policy = text.partition('Content-Security-Policy" content="')[2].partition('"')[0]
        assert policy.startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
        assert "unsafe" not in policy

    @given(st.text(st.characters(codec=None), max_size=200) | st.lists(st.sampled_from(TAGS + MARKDOWN)).map("\n".join))
    @settings(max_examples=150, deadline=None)
    def test_no_text_at_all_makes_another_tag(self, new_paper, words):
        paper = new_paper()
        paper.answer(words).own(words, kind="markdown").test(message=words or "x")
        paper.cell(
            "code", words, "two_answer", [{"output_type": "stream", "name": "stdout", "text": words}], solution=True
        )
        assert paper.test("two").read().wrong == []


class TestUnseen:
    def test_signs_that_turn_the_writing_are_shown_by_number(self, paper, out):
        turned = "if user != 'admin\u202e \u2066# check\u2069':"
        read = (
            paper.answer(turned, out["stream"]("a\u202eb\u200bc\ufeff")).own("t\u2067x", kind="markdown").test().read()
        )
        assert "[U+202E]" in read.said
        assert "a[U+202E]b[U+200B]c[U+FEFF]" in read.said
        assert "t[U+2067]x" in read.said
        assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f") & set(read.said)

    def test_words_of_other_writings_and_joined_emoji_stay(self):
        for text in ("שלום", "مرحبا", "日本語", "naïve 0,5 µm", "👩\u200d🔧", "ไทย"):
            assert visible(text) == text

    def test_terminal_codes_are_gone(self):
        assert visible("\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x1b[2J\x9b1mx\x00\x7f") == "red 1mx"

    def test_a_tower_of_marks_stays_in_its_line(self):
        assert len(visible("a" + "\u0301" * 5000)) == 5

    def test_half_a_character_is_no_reason_to_have_no_page(self, paper, out):
        paper.answer("x = '\ud83d'", out["stream"]("\udcff")).test(message="found '\ud83d'")
        assert paper.read().wrong == []

    def test_of_a_line_written_over_itself_the_last_state_stays(self):
        assert cut("10 %\r50 %\r100 %\r\nnext", first=5) == ("100 %\nnext", 0)


class TestFloods:
    def test_a_huge_output_is_cut_and_says_so(self, paper, out):
        paper.answer("x", out["stream"]("\n".join(f"line {n}" for n in range(100_000))))
        text = paper.test().text()
        assert len(text) < 60_000
        assert "[… 99,920 lines left out …]" in text
        assert "line 99999" in text

    def test_one_endless_line_a_thousand_outputs_and_endless_code(self, paper, out):
        paper.answer("a = 1\n" * 100_000, *[out["stream"]("x" * 2_000) for _ in range(1000)])
        text = paper.test().text()
        assert len(text) < 150_000
        assert "more lines are not shown" in text
        assert "980 more outputs are not shown." in text

    def test_a_thousand_cells(self, paper, out):
        for _ in range(1000):
            paper.own("print('x' * 9000)", out["stream"]("x\n" * 5000))
        text = paper.test().text()
        assert len(text) < 1_500_000
        assert "850 more cells are not shown; they were run and count." in text

    def test_pictures_fill_a_page_only_so_far(self, paper, out):
        large = png(3, 2, (b"IDAT", bytes(900_000)))
        paper.answer("x", *[out["data"]({"image/png": large}) for _ in range(12)])
        text = paper.test().text()
        assert len(text) < 5_000_000
        assert "A figure is not shown" in text

    @pytest.mark.parametrize("sign", ["[", "![", "*a ", "`", "> ", "- ", "|a", "<", "&", "\n ", "(", "'", '"""', "\\"])
    def test_no_text_takes_long(self, sign):
        """Both readers see each sign a few times; a lexer made for editors takes seconds for some of these."""
        text = (sign * 20_000)[:20_000]
        began = time.process_time()
        highlighted(text)
        prose(text)
        prose(text[:11_000])
        assert time.process_time() - began < 1.5

    @pytest.mark.parametrize(
        "broken",
        ["", "[]", "{}", '{"cells": 3}', '{"cells": [3, null, []]}', "[" * 100_000, '{"cells": [{"source": [1, {}]}]}'],
    )
    def test_a_notebook_that_is_none_costs_only_its_cells(self, paper, broken):
        paper.answer("x = 1").test(message="Called double(2): 5 came back; wanted twice two. Multiply.")
        paper.broken = broken or "no JSON"
        read = paper.read()
        assert read.wrong == []
        assert "twice two" in read.said

    def test_outputs_of_any_shape(self, paper):
        odd = [3, {}, {"output_type": 5}, {"output_type": "stream", "text": {"a": 1}}, {"output_type": "error"}]
        odd += [{"output_type": "display_data", "data": [1]}, {"output_type": "display_data", "data": {"image/png": 7}}]
        odd += [{"output_type": "error", "ename": [], "evalue": None, "traceback": "Cell In[1], line 1"}]
        paper.cells = json.loads(json.dumps(paper.answer("x = 1", *odd).cells))
        assert paper.test().read().wrong == []


class TestPictures:
    def test_a_picture_keeps_its_size_and_loses_everything_else(self):
        words = (b"tEXt", b"Comment\0<script>alert(1)</script>")
        moving = (b"acTL", struct.pack(">II", 2, 0))
        found = picture("image/png", png(3, 2, words, moving, behind=b"<html><script>"))
        assert found is not None
        assert (found.width, found.height) == (3, 2)
        raw = base64.b64decode(found.address.partition(",")[2])
        assert raw == base64.b64decode(png(3, 2))

    @pytest.mark.parametrize(
        "data",
        [
            "",
            "not base64!",
            base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").decode(),
            png(60_000, 60_000),
            png(0, 2),
            png()[:40],
            png(3, 2, (b"IDAT", bytes(2_000_000))),
            'x" onerror="alert(1)',
        ],
    )
    def test_what_is_no_picture_or_too_large_is_left_out(self, paper, out, data):
        for mime in ("image/png", "image/jpeg"):
            assert picture(mime, data) is None
        read = paper.answer("x", out["data"]({"image/png": data})).test().read()
        assert read.wrong == []
        assert "A figure is not shown" in read.said

    def test_a_jpeg_loses_where_it_was_taken(self):
        from io import BytesIO

        from PIL import Image

        target = BytesIO()
        place = Image.Exif()
        place[0x010E] = "at the customer's site"
        Image.new("RGB", (8, 5), "navy").save(target, "JPEG", exif=place)
        raw = target.getvalue()
        assert b"customer" in raw
        found = picture("image/jpeg", base64.b64encode(raw + b"<script>").decode())
        assert found is not None
        clean = base64.b64decode(found.address.partition(",")[2])
        assert (found.width, found.height) == (8, 5)
        assert b"customer" not in clean
        assert b"script" not in clean
        assert Image.open(BytesIO(clean)).getpixel((0, 0)) == Image.open(BytesIO(raw)).getpixel((0, 0))
