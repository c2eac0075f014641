"""Where charts go: which format, which file, how wide, with or without colour and secrets."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from hellodone.cli.faults import InputUnreadable
from hellodone.cli.options import OutputChoice
from hellodone.cli.settings import note
from hellodone.errors import ConfigurationError, system_reason

if TYPE_CHECKING:
    from hellodone.trace.model import Trace

_IDLE = {
    "server_private_key": "the server showed no certificate",
    "psk": "no pre-shared key was used",
    "ticket_key": "there was no session ticket",
    "keylog": "there was no master secret to be logged",
}
_WIDTH = 100  # columns where nobody says


class Output:
    """Draws traces as the options say. Made before the connection, so that a wrong option costs no handshake."""

    def __init__(self, choice: OutputChoice, earlier: int = 0, *, in_lines: bool = False) -> None:
        """``earlier`` is the last number of an earlier run; ``in_lines`` tells a line of each trace unless more is
        asked for. Raises ConfigurationError for an unknown format, and for a language where nothing has words.
        """
        self._choice = choice
        self._earlier = earlier
        self._targets = [(file, self._format(file)) for file in choice.files]
        self._default = _known(choice.format or "text")
        self._check_language(choice.brief or (in_lines and choice.format is None))

    def _check_language(self, in_lines: bool) -> None:
        """--lang must change something: JSON is data and the one line has no words."""
        from hellodone.diagram.draw import ENGLISH, TRANSLATED

        drawn = [name for _, name in self._targets] or ([] if in_lines else [self._default])
        if self._choice.lang != ENGLISH and not set(drawn) & set(TRANSLATED):
            what = ", ".join(dict.fromkeys(drawn)) or "one line"
            raise ConfigurationError(
                f"--lang {self._choice.lang}: {what} has no words to translate; {', '.join(TRANSLATED)} have them"
            )

    @property
    def brief_only(self) -> bool:
        """Whether one line is all that is wanted."""
        return self._choice.brief

    @property
    def to_files(self) -> bool:
        """Whether every chart goes into a file."""
        return bool(self._targets) and all(file != "-" for file, _ in self._targets)

    def _format(self, file: str) -> str:
        from hellodone.diagram.draw import format_of

        if self._choice.format is not None:
            return _known(self._choice.format)
        return "text" if file == "-" else format_of(file)

    def show(self, trace: Trace, *, stream: TextIO | None = None, secrets: bool = False) -> None:
        """Draw the trace into the files that were named, else on ``stream``.

        ``stream`` is standard output unless it carries something else; ``secrets`` shows them without being asked.
        Raises InputUnreadable when a file cannot be written.
        """
        self._say_what_is_idle(trace)
        out = stream or sys.stdout
        for file, format_ in self._targets:
            if file == "-":
                out.write(self._draw(trace, format_, out, secrets))
            else:
                self._write(Path(file), self._draw(trace, format_, None, secrets))
        if self._choice.brief or self.to_files:
            out.write(self.brief(trace) + "\n")
        elif not self._targets:
            out.write(self._draw(trace, self._default, out, secrets))
        out.flush()

    def tell(self, trace: Trace, number: int) -> None:
        """One of many traces: its line on standard output, the files numbered, the whole chart if --format asks."""
        self._say_what_is_idle(trace, f"{number} ")
        for file, format_ in self._targets:
            if file != "-":
                path = _numbered(file, self._earlier + number)
                self._write(path, self._draw(trace, format_, None, False), quiet=True)
        if self._choice.format is not None and not self._targets:
            sys.stdout.write(self._draw(trace, self._default, sys.stdout, False))
        else:
            sys.stdout.write(f"{number} {self.brief(trace)}\n")
        sys.stdout.flush()

    def _say_what_is_idle(self, trace: Trace, before: str = "") -> None:
        """A key that plays no part is no mistake, but whoever gave it to the eavesdropper expected to see something."""
        if self._choice.eavesdropper_has:
            from hellodone.trace.knowledge import knowledge

            for name in knowledge(trace, self._choice.eavesdropper_has).idle:
                note(f"{before}--eavesdropper-has {name}: it plays no part here, for {_IDLE[name]}")

    def brief(self, trace: Trace) -> str:
        """The one line."""
        from hellodone.diagram.brief import brief

        return brief(trace)

    def _draw(self, trace: Trace, format_: str, stream: TextIO | None, secrets: bool) -> str:
        from hellodone.diagram.draw import draw
        from hellodone.diagram.view import View

        choice = self._choice
        text = draw(
            trace,
            format_,
            detail=choice.detail,
            show_secrets=secrets or choice.show_secrets,
            width=self._width(),
            colour=self._colour(stream),
            lang=self._choice.lang,
            view=View(choice.knowledge, choice.eavesdropper, choice.eavesdropper_has),
        )
        return text if text.endswith("\n") else text + "\n"

    def _width(self) -> int:
        return self._choice.width or shutil.get_terminal_size((_WIDTH, 24)).columns

    def _colour(self, stream: TextIO | None) -> bool:
        """Colours go to terminals that want them (no-color.org), or where they are asked for."""
        if stream is None:
            return False
        if self._choice.color is not None:
            return self._choice.color
        return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()

    @staticmethod
    def _write(path: Path, text: str, *, quiet: bool = False) -> None:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as fault:
            raise InputUnreadable(f"{path}: cannot be written: {system_reason(fault)}") from None
        if not quiet:
            note(f"wrote {path}")


def in_folder(folder: str, choice: OutputChoice) -> Output:
    """An output that writes numbered traces into a folder, made if it is not there; what is there is kept.

    Raises InputUnreadable.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InputUnreadable(f"{folder}: cannot be made: {system_reason(fault)}") from None
    from hellodone.diagram.draw import FORMATS

    wanted = _known(choice.format or "json")
    suffix = next(extension for extension, name in FORMATS.items() if name == wanted)
    file = Path(folder) / f"connection{suffix}"
    return Output(replace(choice, files=(*choice.files, str(file)), format=None), _highest(file))


def _numbered(file: str, number: int) -> Path:
    """``trace.json`` becomes ``trace-7.json``."""
    path = Path(file)
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def _highest(file: Path) -> int:
    """The highest number that a file of this name has; 0 when there is none."""
    numbers = (path.stem.removeprefix(f"{file.stem}-") for path in file.parent.glob(f"{file.stem}-*{file.suffix}"))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _known(name: str) -> str:
    """The format of that name. Raises ConfigurationError when there is none."""
    from hellodone.diagram.draw import FORMATS

    if name not in FORMATS.values():
        raise ConfigurationError(
            f"no format is called {name!r}; there are {', '.join(dict.fromkeys(FORMATS.values()))}"
        )
    return name
