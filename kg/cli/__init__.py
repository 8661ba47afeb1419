"""The command line: one file per command, one line here for each."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from kg.errors import KgError, UsageError

# In the order in which a newcomer meets them.
COMMANDS = (
    "demo",
    "ingest",
    "extract",
    "observe",
    "links",
    "query",
    "queries",
    "show",
    "path",
    "timeline",
    "export",
    "report",
    "validate",
)

app = typer.Typer(
    name="kg",
    help="From a news article and a flight track to a graph that answers Cypher, every line traceable.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _register() -> None:
    for name in COMMANDS:
        module = import_module(f"kg.cli.{name}")
        app.command(name, help=module.__doc__)(module.command)


_register()


def main() -> None:
    """Run the command line. Exit code 0: done, 1: could not, 2: wrong usage."""
    try:
        app()
    except KgError as error:
        print(_in_words(error), file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        # The reader went away (`kg query … | head`); what it read is complete.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        print("Stopped. What was finished is kept; run the same command again to go on.", file=sys.stderr)
        sys.exit(130)


def _in_words(error: KgError) -> str:
    lines = [f"kg: {error.what}"]
    lines += [f"  why:  {error.why}"] if error.why else []
    lines += [f"  next: {error.next}"] if error.next else []
    return "\n".join(lines)
