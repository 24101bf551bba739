"""SVG elements: texts, lines, areas in the style of a series. Pure.

Nothing here is random or timed: the same calls make the same bytes. Elements carry presentation attributes
only, so that no policy against styles or scripts changes what is seen.
"""

from __future__ import annotations

from typing import Literal
from xml.etree import ElementTree as ET

from domain.charts import lettering
from domain.charts.styles import INK, PAPER, QUIET, STYLES, Style

Anchor = Literal["start", "middle", "end"]
START: Anchor = "start"
END: Anchor = "end"

TITLE, LABEL, SMALL = 18.0, 13.0, 12.0
"""Sizes of letters."""

LEADING = 1.3
"""Height of a line, in sizes of its letters."""

BOLDER = 1.13
"""How much longer bold letters are."""


def at(place: float) -> str:
    """A coordinate, to the tenth."""
    return f"{place:.1f}".removesuffix(".0").replace("-0.0", "0") if place else "0"


class Drawing:
    """A picture that grows downwards, so many units wide. `top` is where the next thing may begin."""

    def __init__(self, width: float, prefix: str, *, title: str, description: str, language: str) -> None:
        self.width, self.prefix, self.top = width, prefix, 0.0
        self.root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "xml:lang": language,
                "lang": language,
                "role": "img",
                "aria-labelledby": f"{prefix}-title {prefix}-desc",
                "font-family": "system-ui, 'Noto Sans', 'DejaVu Sans', Arial, sans-serif",
            },
        )
        self._named("title", title)
        self._named("desc", description)
        self._patterns = ET.SubElement(self.root, "defs")
        self._paper = self.shape("rect", fill=PAPER)

    def _named(self, kind: str, text: str) -> None:
        ET.SubElement(self.root, kind, id=f"{self.prefix}-{kind}").text = lettering.writable(text)

    def shape(
        self, name: str, *, into: ET.Element | None = None, tip: str = "", **attributes: str | float
    ) -> ET.Element:
        """An element; `tip` is what readers are shown when they point at it."""
        named = {key.replace("_", "-"): at(value) if isinstance(value, (int, float)) else value
                 for key, value in attributes.items()}  # fmt: skip
        made = ET.SubElement(self.root if into is None else into, name, named)
        if tip:
            ET.SubElement(made, "title").text = lettering.writable(tip)
        return made

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = SMALL,
        *,
        anchor: Anchor = "start",
        room: float | None = None,
        whole: str = "",
        fill: str = INK,
        bold: bool = False,
    ) -> None:
        """A line of text on the line `y`. One that is cut shows the whole to whoever points at it."""
        shown = text if room is None else lettering.cut(text, size, room)
        tip = whole if whole and whole != shown else text if shown != text else ""
        made = self.shape("text", x=x, y=y, font_size=size, fill=fill)
        if anchor != "start":
            made.set("text-anchor", anchor)
        if bold:
            made.set("font-weight", "bold")
        made.text = lettering.writable(lettering.ordered(shown))
        if tip:
            ET.SubElement(made, "title").text = lettering.writable(tip)

    def paragraph(
        self, x: float, text: str, size: float, *, room: float, most: int, fill: str = INK, bold: bool = False
    ) -> None:
        """Lines of text from `top` on, against the side from which they are read."""
        rightwards = not lettering.runs_left(text)
        breadth = size * BOLDER if bold else size
        for line in lettering.lines(text, breadth, room, most=most):
            self.top += size * LEADING
            side, anchor = (x, START) if rightwards else (x + room, END)
            whole = text if line.endswith(lettering.ELLIPSIS) else ""
            self.text(side, self.top, line, size, anchor=anchor, whole=whole, fill=fill, bold=bold)

    def area(self, x: float, y: float, width: float, height: float, style: Style, *, tip: str = "") -> None:
        """A rectangle in the pattern of a style, with its outline."""
        self.shape(
            "rect",
            x=x,
            y=y,
            width=width,
            height=height,
            fill=self._filling(style),
            stroke=style.colour,
            tip=tip,
        )

    def _filling(self, style: Style) -> str:
        if not style.pattern:
            return style.colour
        name = f"{self.prefix}-{STYLES.index(style)}"
        if self._patterns.find(f"pattern[@id='{name}']") is None:
            tile = self.shape(
                "pattern", into=self._patterns, id=name, width=8, height=8, patternUnits="userSpaceOnUse"
            )
            self.shape("rect", into=tile, width=8, height=8, fill=PAPER)
            self.shape("path", into=tile, d=style.pattern, stroke=style.colour, stroke_width=2.4, fill="none")
        return f"url(#{name})"

    def marker(self, x: float, y: float, style: Style, *, tip: str = "") -> None:
        self.shape(
            "path", d=style.marker, transform=f"translate({at(x)} {at(y)})",
            fill=style.colour, stroke=PAPER, stroke_width=0.8, tip=tip,
        )  # fmt: skip

    def stroke(self, x: float, y: float, to_x: float, to_y: float, colour: str) -> None:
        self.shape("path", d=f"M{at(x)} {at(y)}L{at(to_x)} {at(to_y)}", stroke=colour, fill="none")

    def curve(self, points: list[tuple[float, float]], style: Style) -> None:
        """Straight from point to point."""
        path = "M" + "L".join(f"{at(x)} {at(y)}" for x, y in points)
        made = self.shape(
            "path", d=path, stroke=style.colour, stroke_width=2, fill="none", stroke_linejoin="round"
        )
        if style.dashes:
            made.set("stroke-dasharray", style.dashes)

    def remark(self, x: float, text: str, *, room: float, most: int = 3) -> None:
        self.paragraph(x, text, SMALL, room=room, most=most, fill=QUIET)

    def finished(self) -> bytes:
        """The picture, as high as it has grown."""
        for element in (self.root, self._paper):
            element.set("width", at(self.width))
            element.set("height", at(self.top))
        self.root.set("viewBox", f"0 0 {at(self.width)} {at(self.top)}")
        if not len(self._patterns):
            self.root.remove(self._patterns)
        content: bytes = ET.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return content
