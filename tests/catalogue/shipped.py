"""The shipped catalogue, each file read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from schemas.catalogue import ThemeList
from schemas.libraries import Library

CATALOGUE = Path(__file__).parents[2] / "catalogue"
FRAMEWORKS = {
    "apmbc", "belem-do-para", "ccm", "ccm-gfp-tor", "ccm-synergies", "cedaw", "cim-plan", "crc", "crpd",
    "dac-gender-marker", "dap", "gcm", "gcm-six-steps", "iasc-gam", "lap", "mesecvi-indicators",
    "mesecvi-plan", "mptf-gender-marker", "oap", "sdg", "sisdehm", "un-swap", "wps",
}  # fmt: skip


def read(path: str) -> Any:
    return yaml.safe_load((CATALOGUE / path).read_text(encoding="utf-8"))


@cache
def library(key: str) -> Library:
    return Library.model_validate(read(f"frameworks/{key}.yaml"))


@cache
def theme_keys() -> frozenset[str]:
    return frozenset(theme.key for theme in ThemeList.model_validate(read("themes.yaml")).themes)
