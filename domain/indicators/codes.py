"""Breakdowns by SDMX concepts: which codes there are, and how they are written. Pure.

`_T` is the total: whoever does not break down reports totals. Missing is not zero, and no code means missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

TOTAL = "_T"
BLANK = frozenset({"", "na", "n/a", TOTAL.lower(), "total", "all"})
"""How a cell says that it does not break down; `NA` is how R writes an empty one."""

AGE_CODE = re.compile(r"([YM])([0-9]{1,3})(?:T([0-9]{1,3}))?")
AGE_LIMIT = re.compile(r"Y_(GE|LT|GT|LE)([0-9]{1,3})")
AGE_SPAN = re.compile(r"([0-9]{1,3}) ?(?:to|-|–|—) ?([0-9]{1,3})(?: years?(?: old)?)?")
AGE_OPEN = re.compile(r"([0-9]{1,3}) ?(?:\+|and over|and older|years and over)")
AGE_BELOW = re.compile(r"(?:under|below|<) ?([0-9]{1,3})")


@dataclass(frozen=True)
class CodeList:
    """The codes of one concept, with their English titles, and other ways of writing them."""

    concept: str
    title: str
    codes: Mapping[str, str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    """Codes that together make up the total."""

    @property
    def column(self) -> str:
        """Its name in files and parameters."""
        return self.concept.lower()

    @property
    def key(self) -> str:
        return self.concept.lower().replace("_", "-")

    def code(self, text: str) -> str | None:
        """The code that a cell means: by itself, its title or another name. None when there is no such."""
        text = text.strip()
        if text in self.codes:
            return text
        written = as_read(text)
        if written in BLANK:
            return TOTAL
        return self._named.get(written) or (age_code(text) if self.concept == "AGE" else None)

    def also(self, written: Mapping[str, str]) -> CodeList:
        """The same list, with other ways of writing its codes."""
        return replace(self, aliases={**self.aliases, **written})

    @cached_property
    def _named(self) -> Mapping[str, str]:
        titled = {as_read(title): code for code, title in self.codes.items()}
        written = {as_read(code): code for code in self.codes}
        return titled | written | {as_read(alias): code for alias, code in self.aliases.items()}


def area_code(text: str, numeric: Mapping[str, str]) -> str:
    """An area as files name it: by its code, or a State by its number, if that is among these."""
    code = text.strip()
    return numeric.get(code.zfill(3), code) if code.isdecimal() else code


def as_read(text: str) -> str:
    """How a cell is compared with names of codes."""
    return text.strip().casefold().replace(";", ",")


def is_total(text: str) -> bool:
    return as_read(text) in BLANK


@lru_cache(1_000)
def age_code(text: str) -> str | None:
    """`Y15T49`, `Y_GE60`, and what people write: 15 to 49, 15-49, 60+, 60 and over, under 15.

    There is one code for each span: `Y015T049` is `Y15T49`, and 49 to 15 is none.
    """
    if found := AGE_CODE.fullmatch(text):
        return _span(*found.groups())
    if found := AGE_LIMIT.fullmatch(text):
        return f"Y_{found[1]}{int(found[2])}"
    folded = text.casefold()
    if found := AGE_SPAN.fullmatch(folded):
        return _span("Y", found[1], found[2])
    if found := AGE_OPEN.fullmatch(folded):
        return f"Y_GE{int(found[1])}"
    if found := AGE_BELOW.fullmatch(folded):
        return f"Y_LT{int(found[1])}"
    return None


def _span(unit: str, first: str, last: str | None) -> str | None:
    if last is None:
        return f"{unit}{int(first)}"
    return f"{unit}{int(first)}T{int(last)}" if int(first) <= int(last) else None


def _listed(concept: str, title: str, codes: str, aliases: str = "", parts: str = "") -> CodeList:
    return CodeList(concept, title, _pairs(codes), _pairs(aliases), frozenset(parts.split()))


def _pairs(text: str) -> dict[str, str]:
    return {
        name.strip(): said.strip()
        for name, _, said in (line.partition("=") for line in text.split(";"))
        if name
    }


OTHERS = "_O=Other; _U=Unknown; _X=Not specified; _Z=Not applicable"
BUILT_IN: Mapping[str, CodeList] = {
    made.concept: made
    for made in (
        _listed(
            "SEX", "Sex", f"F=Female; M=Male; {OTHERS}",
            "women=F; woman=F; girls=F; men=M; man=M; boys=M; both sexes=_T; bothsex=_T; both=_T",
            "F M",
        ),
        _listed("AGE", "Age", OTHERS),
        _listed(
            "DISABILITY_STATUS", "Disability status",
            f"PD=Persons with disability; PWD=Persons without disability; {OTHERS}",
            "persons with disabilities=PD; with disability=PD; disabled=PD;"
            "persons without disabilities=PWD; without disability=PWD; not disabled=PWD; non-disabled=PWD",
            "PD PWD",
        ),
        _listed("URBANISATION", "Urban or rural", f"U=Urban; R=Rural; {OTHERS}", "", "U R"),
        _listed(
            "INCOME_WEALTH_QUANTILE", "Income or wealth quantile",
            "Q1=Lowest quintile; Q2=Second quintile; Q3=Third quintile; Q4=Fourth quintile;"
            "Q5=Highest quintile;"
            f"B40=Bottom 40 per cent; {OTHERS}",
            "poorest=Q1; richest=Q5",
        ),
        _listed(
            "COMPOSITE_BREAKDOWN", "Migratory status",
            f"MS_MIGRANT=Migrants; MS_NOMIGRANT=Non-migrants; {OTHERS}", "", "MS_MIGRANT MS_NOMIGRANT",
        ),
        _listed("REPORTING_TYPE", "Type of reporting", "G=Global; N=National"),
    )
}  # fmt: skip
"""`PWD` in the list of the United Nations is persons WITHOUT disability."""

SAME: Mapping[str, str] = {
    "disability": "disability-status",
    "location": "urbanisation",
    "migrant-status": "composite-breakdown",
    "wealth-quintile": "income-wealth-quantile",
}
"""What definitions of indicators call a breakdown, and the key of the list that has its codes."""


def expected(words: Iterable[str]) -> list[str]:
    """Keys of the lists that are meant by the breakdowns of a definition; a word of its own names its own."""
    return [SAME.get(word, word) for word in words]


MISSING = frozenset("HLMOQ")
"""Statuses that say why there is no value."""

STATUS = _listed(
    "OBS_STATUS", "Status of the observation",
    "A=Normal value; B=Time series break; D=Definition differs; E=Estimated value; F=Forecast value;"
    "G=Experimental value; H=Missing value, holiday or weekend; I=Value imputed by a receiving agency;"
    "K=Data included in another category; L=Missing value, data exist but were not collected;"
    "M=Missing value, data cannot exist; N=Not significant; O=Missing value; P=Provisional value;"
    "Q=Missing value, suppressed; S=Strike and other special events; U=Low reliability; V=Unvalidated value;"
    "W=Includes data from another category",
    "normal=A; estimated=E; provisional=P; forecast=F; imputed=I; missing=O",
)  # fmt: skip
NATURE = _listed(
    "NATURE", "Nature of the data",
    "C=Country data; CA=Country adjusted data; E=Estimated data; G=Global monitoring data; M=Modelled data;"
    "N=Not relevant; NA=Data nature not available",
)  # fmt: skip
MULTIPLIERS = {"units": 0, "tens": 1, "hundreds": 2, "thousands": 3, "millions": 6, "billions": 9}


def multiplier(text: str) -> int | None:
    """The power of ten that values are given in, by number or by name. None when it is neither."""
    text = text.strip().casefold()
    if re.fullmatch(r"-?[0-9]{1,2}", text):
        return int(text)
    return MULTIPLIERS.get(text)
