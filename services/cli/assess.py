"""One document assessed on the spot."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console

from domain.assessments.appraisal import Appraisal, Material, appraise
from domain.errors import Invalid
from domain.reading.documents import Unreadable, sniff
from schemas.rubrics import Rubric
from schemas.thesauri import Thesaurus
from services import yaml
from services.cli.tables import proposals_table
from services.loading import SHIPPED


def assess_file(file: Path, *, framework: str, state: str, period: str, as_json: bool) -> None:
    """Print what the engine proposes. Ends with status 1 and one sentence when the file cannot be read."""
    try:
        appraisal = _appraise(file, framework, state)
    except (Unreadable, Invalid) as refusal:
        typer.echo(f"{file.name}: {refusal}", err=True)
        raise typer.Exit(1) from None
    if as_json:
        shown = {
            "framework": framework,
            "state": state,
            "period": period,
            "rubric": appraisal.rubric,
            "findings": [asdict(proposal) for proposal in appraisal.proposals],
        }
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    title = " ".join(part for part in (state, framework, period, file.name) if part)
    Console().print(proposals_table(title, appraisal.proposals))


def _appraise(file: Path, framework: str, state: str) -> Appraisal:
    content = file.read_bytes()
    material = Material(1, None, sniff(file.name, content, None), content)
    return appraise(
        _rubric(framework), _thesaurus(), [material], states=json.dumps(_names()), filed_by=state or None
    )


def _names() -> dict[str, dict[str, str]]:
    """Of States by code and language, the fictional ones of the samples included."""
    files = (SHIPPED / "states.yaml", SHIPPED / "samples" / "states.yaml")
    listed = [state for file in files for state in yaml.parse(file.read_bytes())["states"]]
    return {state["iso3"]: state["name"] for state in listed if state.get("kind") != "territory"}


def _rubric(framework: str) -> str:
    for path in sorted((SHIPPED / "rubrics").glob("*.yaml")):
        rubric = Rubric.model_validate(yaml.parse(path.read_bytes()))
        if rubric.framework == framework:
            return rubric.model_dump_json()
    raise Invalid(f"There is no rubric for `{framework}`.")


def _thesaurus() -> str:
    newest = sorted((SHIPPED / "thesaurus").glob("*.yaml"))[-1]
    return Thesaurus.model_validate(yaml.parse(newest.read_bytes())).model_dump_json()
