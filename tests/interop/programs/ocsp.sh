#!/usr/bin/env bash
# ocsp.sh NAME AUTHORITY: writes NAME.ocsp, in which the authority's responder says that NAME.pem is good.
# To be run in the folder that pki.sh filled.
set -euo pipefail
serial=$(openssl x509 -in "$1.pem" -noout -serial)
printf 'V\t%s\t\t%s\tunknown\t/CN=%s\n' "$(date -u -d '+20 days' +%y%m%d%H%M%SZ)" "${serial#serial=}" "$1" >"$1.index"
openssl ocsp -index "$1.index" -CA "$2.pem" -rsigner "$2.pem" -rkey "$2.key" -issuer "$2.pem" -cert "$1.pem" \
    -ndays 5 -respout "$1.ocsp"
