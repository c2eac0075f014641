"""Look-ups with the authority, OCSP and CRLs over HTTP, as steps of a trace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from hellodone.pki.lookups import Lookup, OcspQuery
from hellodone.trace.recorder import Answer

OCSP_REQUEST = "OCSP request"
OCSP_RESPONSE = "OCSP response"
CRL_REQUEST = "CRL request"
CRL = "CRL"
NO_ANSWER = "No answer"


def asked(lookup: Lookup) -> dict[str, Any]:
    """What the step of a request has: its name, the request and the URL."""
    if isinstance(lookup, OcspQuery):
        return {
            "name": OCSP_REQUEST,
            "summary": f"{lookup.method} {lookup.url}",
            "length": len(lookup.body),
            "raw": lookup.body,
        }
    return {"name": CRL_REQUEST, "summary": f"GET {lookup.url}"}


def answered(answer: Answer) -> dict[str, Any]:
    """What the step of an answer has, or that of silence, whose summary says why."""
    if answer.failure:
        return {"name": NO_ANSWER, "summary": answer.failure}
    name = OCSP_RESPONSE if isinstance(answer.lookup, OcspQuery) else CRL
    return {"name": name, "length": answer.length, "raw": answer.data}


def places(lookups: Iterable[Lookup]) -> str:
    """Whom they go to: hosts and ports, each once."""
    return ", ".join(dict.fromkeys(urlsplit(lookup.url).netloc for lookup in lookups))
