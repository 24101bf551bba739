"""What the caller would like to be answered in (RFC 9110, section 12.5)."""

from __future__ import annotations

JSON = "application/json"
YAML = ("application/yaml", "application/x-yaml", "text/yaml")


def prefers_yaml(accept: str) -> bool:
    """Whether YAML is named, and more wanted than JSON where that is named too."""
    return prefers(accept, *YAML)


def prefers(accept: str, *kinds: str) -> bool:
    """Whether one of the media types is named, and more wanted than JSON where that is named too."""
    return most_wanted(accept, *kinds) is not None


def most_wanted(accept: str, *kinds: str) -> str | None:
    """The one of the media types that is most wanted, the first of several; None where JSON is as welcome."""
    wanted = weights(accept)
    found = max(kinds, key=lambda kind: wanted.get(kind, 0.0))
    return found if wanted.get(found, 0.0) > wanted.get(JSON, 0.0) else None


def acceptable(accept: str, *kinds: str) -> str | None:
    """The one of the media types that is most wanted, the first of several; None where none is.

    The most specific range that fits a type decides: `image/svg+xml` before `image/*` before `*/*`. Whoever
    names nothing takes anything.
    """
    if not accept.strip():
        return kinds[0]
    wanted = weights(accept)
    found = max(kinds, key=lambda kind: _wanted(kind, wanted))
    return found if _wanted(found, wanted) > 0 else None


def _wanted(kind: str, wanted: dict[str, float]) -> float:
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((wanted[one] for one in ranges if one in wanted), 0.0)


def weights(header: str) -> dict[str, float]:
    """What is named, in small letters, and how much it is wanted, from 0 to 1."""
    wanted: dict[str, float] = {}
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        wanted[name] = max(_quality(parameters), wanted.get(name, 0.0))
    return wanted


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
