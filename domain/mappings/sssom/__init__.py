"""SSSOM/TSV, the format in which mapping sets are exchanged (https://w3id.org/sssom/, version 1.1).

Pure: text in, a set out, or every problem at once; a set in, canonical text out. The prefix of a subject
or object is the key of its framework, which is known here whether or not a file declares it.
"""

from __future__ import annotations

from domain.mappings.sssom.absence import FRAMEWORKS, Absence, absences, empty_side, source_of
from domain.mappings.sssom.acceptance import Reading, accept, refusal
from domain.mappings.sssom.data import read_data
from domain.mappings.sssom.inverting import inverted
from domain.mappings.sssom.own import PLAIN_STATUS, Own, named, own_of, with_own, without_own
from domain.mappings.sssom.reading import parse, read
from domain.mappings.sssom.writing import MAPPINGS, NAMESPACE, render

__all__ = [
    "FRAMEWORKS", "MAPPINGS", "NAMESPACE", "PLAIN_STATUS", "Absence", "Own", "Reading", "absences", "accept",
    "empty_side", "inverted", "named", "own_of", "parse", "read", "read_data", "refusal", "render",
    "source_of", "with_own", "without_own",
]  # fmt: skip
