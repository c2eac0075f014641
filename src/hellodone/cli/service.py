"""Many clients at once: a thread for each, one line for each, and an orderly end."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from hellodone.cli.faults import report_bug, say
from hellodone.errors import TlsError

if TYPE_CHECKING:
    from hellodone.cli.exports import Exports
    from hellodone.cli.options import AnswerChoice
    from hellodone.cli.output import Output
    from hellodone.https.responder import Responder
    from hellodone.trace.model import Trace
    from hellodone.transport.blocking import TlsSocket
    from hellodone.transport.listener import TlsListener

Renegotiating = Callable[["TlsSocket", Callable[[], "Responder"]], "Responder"]

_MOST_CLIENTS = 256  # at once; more wait in the listener's queue
_PATIENCE = 0.1  # seconds between two looks at whether the end has come, where nothing else tells
_FAREWELL = 1.0  # seconds that running connections get when the server stops


class Service:
    """Serves until it is told to stop. ``advise`` may have a sentence about a handshake that failed.

    ``renegotiating`` makes, of a connection and what makes its responder, one that renegotiates before it answers;
    ``exports`` is what is told of each connection beside its line.
    """

    def __init__(
        self,
        listener: TlsListener,
        output: Output,
        choice: AnswerChoice,
        advise: Callable[[Trace, TlsError], str | None],
        renegotiating: Renegotiating | None = None,
        exports: Exports | None = None,
    ) -> None:
        self._listener = listener
        self._output = output
        self._choice = choice
        self._advise = advise
        self._renegotiating = renegotiating
        self._exports = exports
        self._slots = threading.BoundedSemaphore(_MOST_CLIENTS)
        self._printing = threading.Lock()
        self._running: dict[threading.Thread, TlsSocket] = {}
        self._stopped = False
        self._served = 0

    def run(self, announce: Callable[[], None]) -> None:
        """Accept clients until Ctrl-C, SIGTERM or ``stop``; ``announce`` says so once a signal ends it cleanly."""
        with ended_by_signals(self.stop):
            announce()
            while not self._stopped:
                if self._slots.acquire(timeout=_PATIENCE):
                    self._accept()
        sys.stdout.flush()
        self._say_farewell()

    def _say_farewell(self) -> None:
        """Close what is still open, without waiting for anybody who does not listen."""
        running = dict(self._running)
        for tls in running.values():
            threading.Thread(target=tls.close, args=(0,), daemon=True).start()
        limit = time.monotonic() + _FAREWELL
        for thread in running:
            thread.join(max(0, limit - time.monotonic()))

    def stop(self) -> None:
        """End ``run``, from any thread and from a signal's handler: it takes no lock."""
        self._stopped = True
        self._listener.close()

    def _accept(self) -> None:
        try:
            tls = self._listener.accept()
        except OSError:
            # the client was gone before it was accepted, or this process is short of descriptors for the moment
            self._slots.release()
            time.sleep(_PATIENCE)
            return
        self._served += 1
        thread = threading.Thread(target=self._serve, args=(tls, self._served), daemon=True)
        self._running[thread] = tls
        thread.start()

    def _serve(self, tls: TlsSocket, number: int) -> None:
        fault: TlsError | None = None
        try:
            self._answer(tls)
        except TlsError as error:
            fault = error
        except OSError:
            pass  # the client fell silent or went away after the handshake: the trace says what there was
        except Exception as error:  # noqa: BLE001 - one connection's fault of ours must not end the others
            report_bug(error)
        finally:
            self._slots.release()
            tls.close(linger=0)
            self._tell(tls, number, fault)
            self._running.pop(threading.current_thread(), None)

    def _answer(self, tls: TlsSocket) -> None:
        from hellodone.https.server import answer

        tls.settimeout(self._choice.timeout)
        tls.do_handshake(self._choice.timeout)
        answer(tls, self._responder(tls))

    def _responder(self, tls: TlsSocket) -> Responder:
        if self._renegotiating is not None:
            return self._renegotiating(tls, lambda: self._plain_responder(tls))
        return self._plain_responder(tls)

    def _plain_responder(self, tls: TlsSocket) -> Responder:
        from hellodone.https.responder import EchoResponder, HttpResponder
        from hellodone.https.server import seen

        return EchoResponder() if self._choice.echo else HttpResponder(seen(tls), self._choice.reply_size)

    def _tell(self, tls: TlsSocket, number: int, fault: TlsError | None) -> None:
        """One line, and the files; what fails in writing one must not end the server."""
        trace = tls.trace
        if trace is None:
            return
        with self._printing:
            try:
                self._output.tell(trace, number)
                self._tell_exports(tls, number)
                if fault is not None and not tls.connection.handshake_complete:
                    sentence = str(fault)
                    say(sentence if sentence.startswith(tls.peer) else f"{tls.peer}: {sentence}")
                    self._say_advice(trace, fault)
            except BrokenPipeError:
                self.stop()
            except (TlsError, OSError) as error:
                say(str(error))

    def _tell_exports(self, tls: TlsSocket, number: int) -> None:
        """Raises TlsError where the connection has nothing like it."""
        if self._exports is None or not tls.connection.handshake_complete:
            return
        for line in self._exports.lines(tls):
            print(number, line, flush=True)

    def _say_advice(self, trace: Trace, fault: TlsError) -> None:
        advice = self._advise(trace, fault)
        if advice is not None:
            say(advice)


@contextlib.contextmanager
def ended_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM call ``stop``, as far as this thread may say so.

    Nothing is raised by the handler: an interrupt that hits code run by ``exec``, as a dataclass is made, ends the
    interpreter by the signal although it was caught.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [(number, signal.signal(number, lambda *_: stop())) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
