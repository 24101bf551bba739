"""SSSOM/TSV, the format in which mapping sets are exchanged (https://w3id.org/sssom/, version 1.1).

Pure: text in, a set out, or every problem at once; a set in, canonical text out. The prefix of a subject
or object is the key of its framework, which is known here whether or not a file declares it.
"""

from __future__ import annotations

from domain.mappings.sssom.acceptance import accept
from domain.mappings.sssom.reading import Reading, parse, read
from domain.mappings.sssom.writing import NAMESPACE, render

__all__ = ["NAMESPACE", "Reading", "accept", "parse", "read", "render"]
