"""What a server staples: OCSP responses fetched ahead of time, verified, and refreshed before they expire.

A handshake only reads what is there: a :class:`Stapler` is a function from a certificate to its response, for
``ServerConfig.ocsp_response``. The fetching is done by :meth:`Stapler.refresh`, which somebody else calls - a thread
of the transport, or a loop of the application - whenever :meth:`Stapler.due` says so. Nothing here goes to the network,
waits or reads a clock by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from hellodone.errors import AlertDescription
from hellodone.pki.answers import Question, RevocationAnswer
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.lookups import Fetched, Lookup, ocsp_query, ocsp_urls
from hellodone.pki.ocsp import OcspResponse
from hellodone.pki.ocsp_judge import judge_ocsp

FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=1)
SHORTEST_LIFE: Final = timedelta(minutes=1)  # between two fetches that both went well


@dataclass(frozen=True, slots=True)
class Staple:
    """A response that was verified, and until when it may be shown."""

    der: bytes
    answer: RevocationAnswer
    until: datetime


@dataclass(slots=True)
class _Watched:
    """One certificate that is stapled to, and when it is to be asked about again."""

    question: Question
    urls: tuple[str, ...]
    due: datetime
    retry: timedelta = FIRST_RETRY
    staple: Staple | None = None
    failure: str = ""


class Stapler:
    """Keeps a response for each certificate of the chains given. Threads may share it.

    ``fetch`` goes to the network; ``clock`` tells the time; ``report`` is told, in a sentence, of each failure and of
    a certificate found revoked. A response that says so is shown like any other: it is the truth, and hiding it would
    only make clients ask themselves. Each chain needs the certificate of its issuer: of a chain that was sent without
    its root, the last certificate has none and gets no response.
    """

    def __init__(
        self,
        chains: Sequence[Sequence[Certificate]],
        fetch: Callable[[Lookup], Fetched],
        clock: Callable[[], datetime],
        report: Callable[[str], None] = lambda sentence: None,
        issuers: Sequence[Certificate] = (),
    ) -> None:
        """``issuers`` are further certificates of CAs: roots, which chains leave out."""
        self._fetch = fetch
        self._clock = clock
        self._report = report
        self._lock = Lock()
        self._refreshing = Lock()
        self._watched: dict[Certificate, _Watched] = {}
        for chain in chains:
            self._watch(chain, issuers)

    def __call__(self, certificate: Certificate) -> bytes | None:
        """The current response for ``certificate``, None when there is none that is up to date. Never waits."""
        watched = self._watched.get(certificate)
        if watched is None:
            return None
        with self._lock:
            staple = watched.staple
        return staple.der if staple is not None and self._clock() < staple.until else None

    @property
    def due(self) -> datetime | None:
        """When :meth:`refresh` has something to do; None when there is nobody to ask about anything."""
        with self._lock:
            return min((watched.due for watched in self._watched.values()), default=None)

    def refresh(self) -> None:
        """Fetch what is due. Takes its time, so not for a handshake; two callers do not fetch the same twice."""
        with self._refreshing:
            now = self._clock()
            for watched in list(self._watched.values()):
                if watched.due <= now:
                    self._refresh(watched, now)

    def watches(self, certificate: Certificate) -> bool:
        """Whether there is somebody to ask about it: it names a responder, and its issuer is at hand."""
        return certificate in self._watched

    def staple(self, certificate: Certificate) -> Staple | None:
        """The response at hand, up to date or not, with its dates."""
        watched = self._watched.get(certificate)
        return watched.staple if watched is not None else None

    def failure(self, certificate: Certificate) -> str:
        """Why the last attempt came to nothing; empty when it went well or there was none."""
        watched = self._watched.get(certificate)
        return watched.failure if watched is not None else ""

    # --- inside

    def _watch(self, chain: Sequence[Certificate], issuers: Sequence[Certificate]) -> None:
        known = {certificate.subject_bytes: certificate for certificate in (*issuers, *chain[1:])}
        for certificate in chain:
            issuer = known.get(certificate.issuer_bytes)
            urls = ocsp_urls(certificate)
            if issuer is not None and urls and not certificate.self_issued:
                now = self._clock()
                self._watched[certificate] = _Watched(Question(certificate, issuer, now), urls, now)

    def _refresh(self, watched: _Watched, now: datetime) -> None:
        failures = []
        for url in watched.urls:
            try:
                staple = self._ask(watched, url)
            except CertificateError as fault:
                failures.append(f"{url}: {fault.reason}")
                continue
            self._keep(watched, staple, now)
            return
        self._put_off(watched, now, "; ".join(failures))

    def _ask(self, watched: _Watched, url: str) -> Staple:
        question = watched.question
        # without a nonce: what is stapled is shown to many, and a responder may have made it beforehand
        fetched = self._fetch(ocsp_query(question.certificate, question.issuer, url))
        if fetched.failure:
            raise CertificateError(AlertDescription.certificate_unknown, fetched.failure)
        now = self._clock()
        asked = Question(question.certificate, question.issuer, now)
        answer = judge_ocsp(OcspResponse(fetched.data), asked, "staple")
        if not answer.conclusive or answer.until is None:
            raise CertificateError(AlertDescription.certificate_unknown, answer.reason)
        if answer.until <= now:
            raise CertificateError(AlertDescription.certificate_unknown, "the response has just run out")
        return Staple(fetched.data, answer, answer.until)

    def _keep(self, watched: _Watched, staple: Staple, now: datetime) -> None:
        if staple.answer.status == "revoked":
            self._report(f"the certificate of this server is refused by its clients: {staple.answer}")
        with self._lock:
            watched.staple = staple
            watched.failure = ""
            watched.retry = FIRST_RETRY
            # in the middle of what is left, so that a responder that is away for a while does no harm
            watched.due = max(now + (staple.until - now) / 2, now + SHORTEST_LIFE)

    def _put_off(self, watched: _Watched, now: datetime, failure: str) -> None:
        name = watched.question.certificate.name
        if failure != watched.failure:
            self._report(f"no OCSP response for {name} could be fetched: {failure}")
        with self._lock:
            watched.failure = failure
            watched.due = now + watched.retry
            watched.retry = min(watched.retry * 2, LONGEST_RETRY)
