"""What the caller would like to be answered in (RFC 9110, section 12.5.1)."""

from __future__ import annotations

YAML = ("application/yaml", "application/x-yaml", "text/yaml")


def prefers_yaml(accept: str) -> bool:
    """Whether YAML is named, and more wanted than JSON where that is named too."""
    return prefers(accept, *YAML)


def prefers(accept: str, *kinds: str) -> bool:
    """Whether one of the media types is named, and more wanted than JSON where that is named too."""
    wanted: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        wanted[kind] = max(_quality(parameters), wanted.get(kind, 0.0))
    return max(wanted.get(kind, 0.0) for kind in kinds) > wanted.get("application/json", 0.0)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
