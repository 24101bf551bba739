"""Commands. Each imports what it needs when it runs, so that all start quickly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from services.settings import Settings, read_settings

Result = TypeVar("Result")

app = typer.Typer(
    help="focalpoint: frameworks, submissions, assessments, crosswalks and meetings.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
catalogue = typer.Typer(help="The catalogue of frameworks.", no_args_is_help=True)
key = typer.Typer(help="API keys.", no_args_is_help=True)
app.add_typer(catalogue, name="catalogue")
app.add_typer(key, name="key")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def up(
    samples: Annotated[
        bool, typer.Option(help="File the three sample reports and show what comes out.")
    ] = False,
) -> None:
    """Start everything on this machine and stay up until Ctrl-C."""
    from services.stack.local import run_stack

    run_stack(read_settings(), samples=_show_samples if samples else None)


def _show_samples(address: str, secret: str) -> None:
    """What goes wrong with the samples is told, and the stack stays up."""
    from httpx import HTTPError

    from services.cli.samples import show

    try:
        show(address, secret)
    except (HTTPError, RuntimeError) as error:
        typer.echo(f"The samples could not be shown: {error}", err=True)


@app.command()
def api() -> None:
    """Run the API alone."""
    from services.api.__main__ import main

    main()


@app.command()
def worker() -> None:
    """Run a worker alone."""
    from services.worker.__main__ import main

    main()


@app.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from services.api.main import create_app
    from services.api.openapi import rendered

    typer.echo(rendered(create_app(read_settings())), nl=False)


@app.command()
def schema(name: Annotated[str, typer.Argument(help="library, rubric, thesaurus, …")]) -> None:
    """Print the JSON Schema of a kind of catalogue document."""
    from schemas.documents import DOCUMENTS, rendered

    if name not in DOCUMENTS:
        raise typer.BadParameter(f"There are {', '.join(DOCUMENTS)}.")
    typer.echo(rendered(name), nl=False)


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database to the newest migration."""
    from services.migrating import migrate as bring_to_head

    changed = _with_database(lambda opened: bring_to_head(opened.engine))
    _say({"migrated": changed}, "migrated" if changed else "already at the newest migration", as_json)


@catalogue.command("load")
def load_catalogue(
    path: Annotated[Path | None, typer.Argument(help="The shipped catalogue if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Load frameworks, States, memberships, mappings, rubrics and thesauri."""
    from services.cli.progress import counted
    from services.loading import SHIPPED, files_of, load

    source = path or SHIPPED
    if not source.exists():
        raise typer.BadParameter(f"There is nothing at {source}.")
    with counted("loading", len(files_of(source))) as told:
        counts = _with_database(lambda opened: load(opened.sessions, source, told=told))
    _say(counts, f"{counts['loaded']} files loaded, {counts['unchanged']} unchanged", as_json)


@catalogue.command("export")
def export_edition(
    framework: Annotated[str, typer.Argument(help="Key of the framework.")],
    edition: Annotated[str | None, typer.Argument(help="The latest published one if left out.")] = None,
) -> None:
    """Print an edition as the library document that it was made from."""
    from domain.frameworks import queries, rules
    from services import yaml

    async def document(opened: _Opened) -> bytes:
        async with opened.sessions() as session:
            found = await queries.edition(session, framework, edition)
            return yaml.written(rules.canonical(await queries.library(session, found)))

    typer.echo(_with_database(document), nl=False)


@key.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; repeat for several.")],
    state: Annotated[str | None, typer.Option(help="Bind it to a State (ISO 3166-1 alpha-3).")] = None,
    expires: Annotated[datetime | None, typer.Option(help="When it ends, in UTC.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key. Its secret is printed this once."""
    from services.cli.keys import issue

    made = _with_database(lambda opened: issue(opened.sessions, name, scope, state, expires))
    _say(made, made["secret"], as_json)


@app.command()
def assess(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    framework: Annotated[str, typer.Option(help="Key of the framework.")] = "ccm",
    state: Annotated[str, typer.Option(help="ISO 3166-1 alpha-3.")] = "",
    period: Annotated[str, typer.Option(help="What it reports on, e.g. 2024.")] = "",
    as_json: AsJson = False,
) -> None:
    """Assess one document by the shipped rubric. Files nothing and needs no server."""
    from services.cli.assess import assess_file

    assess_file(file, framework=framework, state=state, period=period, as_json=as_json)


class _Opened:
    def __init__(self, settings: Settings) -> None:
        from services.database import open_engine, sessions_of

        self.engine = open_engine(settings.require_database(), pool=2)
        self.sessions = sessions_of(self.engine)


def _with_database(work: Callable[[_Opened], Awaitable[Result]]) -> Result:
    """Run `work` on the database of the environment, or of the stack that runs in FOCALPOINT_HOME."""
    from domain.errors import Refusal
    from services.stack.local import settings_of_running_stack

    async def opened() -> Result:
        found = _Opened(settings_of_running_stack(read_settings()))
        try:
            return await work(found)
        finally:
            await found.engine.dispose()

    try:
        return asyncio.run(opened())
    except Refusal as refusal:
        typer.echo(refusal.message, err=True)
        for problem in refusal.problems:
            line = f"line {problem.row}: " if problem.row else ""
            typer.echo(f"  {line}{problem.pointer} {problem.detail}", err=True)
        raise typer.Exit(1) from None


def _say(data: Any, sentence: str, as_json: bool) -> None:
    typer.echo(json.dumps(data, default=str) if as_json else sentence)
