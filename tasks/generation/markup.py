"""Markdown and HTML into plain lines. Every step passes over the text once, whatever it holds."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Controls, marks of direction and spaces without width: invisible, and no part of a sentence.
_INVISIBLE = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160), 0x00AD, 0x200B, 0x2060, 0xFEFF])
_INVISIBLE |= dict.fromkeys([*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_INVISIBLE |= {
    ord("\t"): " ",
    0x0B: "\n",
    0x0C: "\n",
    ord("\r"): "\n",
    0x85: "\n",
    0xA0: " ",
    0x2028: "\n",
    0x2029: "\n",
}
_PICTURE = re.compile("\u200d?[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3\U000e0020-\U000e007f]")
_TAG = re.compile(r"<(?P<closes>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,20})(?=[\s/>])")
_UNREAD = ("script", "style")
_LINES_OF_TAG = {
    f"{slash}{name}": "\n" for slash in ("", "/") for name in ("p", "br", "div", "ul", "ol", "tr", "table")
}
_LINES_OF_TAG |= {"li": "\n- ", "/li": "\n"} | {f"h{level}": "\n# " for level in range(1, 7)}
_LINES_OF_TAG |= {f"/h{level}": "\n" for level in range(1, 7)}
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,1000}\)")
_ADDRESS = re.compile(r"(?:\bhttps?://|\bwww\.)[^\s<>]+")
_STRUCK = re.compile(r"~~[^~\n]{1,300}~~")
_MARKS = re.compile(r"\*\*|__|`+|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)")
_BULLET = re.compile(
    r"\s*(?:\(?\d{1,3}[.)]|\(?[a-hA-H]\)|[Ss]tep \d{1,3}[:.)]|[-*+•‣◦▪●○–—·☐☑✅✔➤►✓])\s+(?P<rest>\S.*)$"
)
_TICK = re.compile(r"\[(?P<mark>[ xX]?)\]\s*")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_NUMBER = re.compile(r"(?:(?<=\s)|^)\(?(?P<number>[0-9]{1,2})[.)]\s+")


@dataclass(frozen=True)
class Line:
    """A line of a description: its plain text, and whether it is a point of a list or a heading."""

    text: str
    is_point: bool = False
    is_heading: bool = False
    indent: int = 0


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text in any mix of plain text, Markdown and HTML; empty ones stand between paragraphs.

    Left out: code in fences, tables, addresses, what is struck through, points that are ticked already.
    """
    fenced = False
    for raw in _without_tags(visible(text)).split("\n"):
        line = raw.strip()
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        elif not line:
            yield Line("")
        elif not fenced and not line.startswith("|"):
            yield from _line(raw)


def visible(text: str) -> str:
    """The text without what nobody sees, and without halves of characters; line ends are "\\n"."""
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return unicodedata.normalize("NFC", whole.replace("\r\n", "\n").translate(_INVISIBLE))


def inline(text: str) -> str:
    """A line without links, addresses, emphasis and pictures, spaces made one."""
    text = _LINK.sub(r"\1", text)
    text = _MARKS.sub("", _ADDRESS.sub("", _STRUCK.sub("", text)))
    return " ".join(_PICTURE.sub(" ", text).split())


def _line(raw: str) -> Iterator[Line]:
    line = raw.lstrip(" >") if raw.lstrip().startswith(">") else raw
    indent = len(line) - len(line.lstrip())
    heading = _HEADING.match(line)
    if heading:
        yield Line(inline(line[heading.end() :]).rstrip("# "), is_heading=True)
        return
    before, *counted = _counted(line)
    if len(counted) > 1 or (counted and not before.strip()):
        yield Line(inline(before))
        yield from (Line(inline(part), is_point=True, indent=indent) for part in counted)
        return
    point = _BULLET.match(line)
    rest = point["rest"] if point else line.strip()
    tick = _TICK.match(rest)
    if tick and tick["mark"] in ("x", "X"):
        return
    if tick:
        rest = rest[tick.end() :]
    bold = not point and rest.startswith("**") and rest.rstrip(":").endswith("**") and rest.count("**") == 2
    yield Line(inline(rest), is_point=bool(point or tick), is_heading=bold, indent=indent)


def _counted(line: str) -> list[str]:
    """What stands before the numbers 1, 2, 3 … of a line, and after each of them; other numbers are left alone."""
    parts, position, expected = [], 0, 1
    for number in _NUMBER.finditer(line):
        if int(number["number"]) == expected:
            parts.append(line[position : number.start()])
            position = number.end()
            expected += 1
    return [*parts, line[position:]]


def _without_tags(text: str) -> str:
    """HTML to lines: blocks begin a line, points get a dash. Entities are read, and what they spelled is plain text."""
    if "<" in text:
        text = _tags_to_lines(text)
    if "&" in text:
        text = _tags_to_lines(html.unescape(text).translate(_INVISIBLE))
    return text


def _tags_to_lines(text: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := text.find("<", position)) >= 0:
        kept.append(text[position:start])
        following = text.find("<", start + 1)
        end = text.find(">", start, following if following >= 0 else len(text))
        tag = _TAG.match(text, start)
        if text.startswith("<!--", start):
            end = text.find("-->", start)
            position = end + 3 if end >= 0 else len(text)
        elif tag is None or end < 0:
            # "a < b", or a tag that never ends.
            kept.append("<" if tag is None else " ")
            position = start + 1
        elif tag["name"].lower() in _UNREAD and not tag["closes"]:
            closing = text.find(f"</{tag['name']}", end)
            position = closing if closing >= 0 else len(text)
        else:
            kept.append(_LINES_OF_TAG.get(tag["closes"] + tag["name"].lower(), ""))
            position = end + 1
    kept.append(text[position:])
    return "".join(kept)
