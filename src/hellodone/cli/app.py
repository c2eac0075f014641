"""The group of commands, and the one place where faults become sentences and exit codes."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import shell_complete

from hellodone import __version__
from hellodone.cli.faults import Exit, exit_code, report_bug, say
from hellodone.errors import TlsError, system_reason

_NAME = "hellodone"
_COMPLETE = "_HELLODONE_COMPLETE"
COMMANDS = ("demo", "connect", "serve", "ca", "draw", "recompute", "chart", "explain")


class Command(click.Command):
    """A command whose help begins with examples and has its options under headings."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples first: most readers need no more."""
        write_examples(formatter, self.examples)
        super().format_help(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Under headings, where options have one (see ``options.gathered``); the others first."""
        sections: dict[str, list[tuple[str, str]]] = {"Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(getattr(parameter, "section", "Options"), []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class Commands(click.Group):
    """Commands that are imported when they are called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of module ``hellodone.cli.NAME``."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"hellodone.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples first."""
        write_examples(
            formatter,
            (
                "hellodone demo                        a handshake between two ends, drawn",
                "hellodone connect example.com         the same with a real server",
                "hellodone serve --port-file port      be the server; every client's handshake is told",
            ),
        )
        super().format_help(ctx, formatter)


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """The lines as they are, under a heading."""
    if examples:
        formatter.write("Examples:\n" + "".join(f"  {example}\n" for example in examples) + "\n")


EPILOG = """\b
Exit codes: 0 done; 1 the handshake or a check failed; 2 wrong usage; 3 the peer
was not reached; 4 input that cannot be read; 5 a fault of hellodone itself.

\b
Environment: SSLKEYLOGFILE, SSL_CERT_FILE, NO_COLOR, COLUMNS, HELLODONE_DEBUG.

\b
Completion of commands and options in the shell:
  bash   eval "$(_HELLODONE_COMPLETE=bash_source hellodone)"    in ~/.bashrc
  zsh    eval "$(_HELLODONE_COMPLETE=zsh_source hellodone)"     in ~/.zshrc
  fish   _HELLODONE_COMPLETE=fish_source hellodone | source     in ~/.config/fish/config.fish
"""


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="hellodone %(version)s")
def group() -> None:
    """TLS 1.2 that shows its work: every handshake is drawn as what really happened."""


def run(arguments: list[str]) -> int:
    """Run a command; its exit code. Every fault ends here in one sentence."""
    try:
        return _run(arguments)
    except click.exceptions.Exit as end:  # --help and the like
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return int(Exit.usage)
    except TlsError as error:
        say(str(error))
        return int(exit_code(error))
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return int(Exit.interrupted)
    except BrokenPipeError:
        _mute()  # whoever read our output has seen enough
        return int(Exit.done)
    except OSError as error:  # what the commands do not foresee is their output: a full disk, a terminal that is gone
        _mute()
        say(f"the output cannot be written: {system_reason(error)}")
        return int(Exit.failed)
    except Exception as error:  # noqa: BLE001 - the last resort: people get a sentence, never a traceback
        report_bug(error)
        return int(Exit.bug)


def _mute() -> None:
    """Keep the interpreter from complaining at its end about output that it still holds."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    """As ``click.Command.main`` does it, which would keep a broken pipe to itself."""
    instruction = os.environ.get(_COMPLETE)
    if instruction:
        return shell_complete(group, {}, _NAME, _COMPLETE, instruction)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without these letters gets the chart with question marks
    with group.make_context(_NAME, list(arguments)) as context:
        code = group.invoke(context)
        sys.stdout.flush()  # a broken pipe or a full disk must show now, not while the interpreter ends
    return code if isinstance(code, int) else int(Exit.done)
