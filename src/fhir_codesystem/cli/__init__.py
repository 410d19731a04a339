"""The command ``codesystem``: arguments and printing, no logic.

Nothing heavy is imported here: ``codesystem --help`` answers at once.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
import traceback

import click

from fhir_codesystem import __version__
from fhir_codesystem.diagnostics import printable
from fhir_codesystem.errors import EnvironmentProblem

STREAM_ERRORS = {errno.EBADF, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPIPE}
"""What writing to standard output or error fails with."""

COMMANDS = {
    "build": "Build code systems: tables (or their .yaml) to artifacts.",
    "check": "Check tables (or their .yaml): what a build would find, what can be repaired.",
    "package": "Build code systems and pack them as a FHIR NPM package (.tgz).",
    "init": "Write a commented .yaml for a table: what was inferred, what to fill in.",
    "convert": "Write a CodeSystem, or any table, as a table that people edit.",
    "publish": "Bring what was built to a terminology server, and prove that it serves it.",
    "retire": "Set what a terminology server has to retired; nothing is ever deleted.",
    "probe": "Say what a terminology server is and can do.",
    "explain": "Say what a rule means, why it is there, how to fix what it finds.",
}


class _Lazy(click.Group):
    """Imports a command's module when the command is run, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"fhir_codesystem.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="codesystem")
@click.pass_context
def codesystem(context: click.Context) -> None:
    """From a table of codes to a validated FHIR CodeSystem and a page to read.

    Exit code 0: done (there may be warnings). 1: findings of severity error, nothing written for
    that source; or check --fix has shown a diff. 2: wrong usage, or an environment that cannot be
    worked in.
    """
    if os.environ.get("NO_COLOR"):
        context.color = False


def run() -> int:
    """Run the command line and return its exit code.

    No traceback reaches a person, unless ``--debug`` asks for it.
    """
    try:
        code = _exit_code()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        return 2  # nobody listens
    except OSError as error:
        return _say(f"cannot write to standard output: {error.strerror}", 2)
    return code


def _exit_code() -> int:
    try:
        return int(codesystem(standalone_mode=False, prog_name="codesystem") or 0)
    except SystemExit as done:  # a signal, or click's answer to a pipe that nobody reads
        code = int(done.code or 0)
        return _say("terminated", code) if code > 128 else 2
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", 130)
    except EnvironmentProblem as problem:
        return _say(str(problem), 2)
    except BaseException as error:
        if isinstance(error, OSError) and error.errno in STREAM_ERRORS and not error.filename:
            raise
        if "--debug" in sys.argv[1:]:
            traceback.print_exc()
        told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return _say(f"internal error ({told}); --debug shows where", 2)


def _say(line: str, code: int) -> int:
    """Say one line to whoever still listens; return the exit code."""
    with contextlib.suppress(OSError):
        click.echo(f"codesystem: {printable(line)}", err=True)
        sys.stderr.flush()
    return code
