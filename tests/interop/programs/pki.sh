#!/usr/bin/env bash
# Makes the certificates of the interop tests in the current folder, with OpenSSL 3 only (about 2 s).
# For each name N: N.pem, N.key, and N.chain.pem with its authority's certificate. cas.pem: both authorities.
set -euo pipefail

cat >extensions.cnf <<'END'
[req]
distinguished_name=subject
[subject]
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[server]
basicConstraints=critical,CA:FALSE
subjectAltName=DNS:localhost,IP:127.0.0.1
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth
[client]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=clientAuth
END

# key FILE KIND
key() {
    local options
    case $2 in
    rsa) options=(-algorithm RSA -pkeyopt rsa_keygen_bits:2048) ;;
    pss) options=(-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048) ;;
    ec) options=(-algorithm EC -pkeyopt ec_paramgen_curve:P-256) ;;
    ec384) options=(-algorithm EC -pkeyopt ec_paramgen_curve:P-384) ;;
    ed) options=(-algorithm ED25519) ;;
    esac
    openssl genpkey "${options[@]}" -out "$1" 2>/dev/null
}

# authority NAME KIND
authority() {
    key "$1.key" "$2"
    openssl req -x509 -new -key "$1.key" -sha256 -days 30 -subj "/O=hellodone tests/CN=$1" \
        -config extensions.cnf -extensions ca -out "$1.pem"
}

# leaf NAME KIND AUTHORITY server|client COMMON-NAME
leaf() {
    key "$1.key" "$2"
    openssl pkey -in "$1.key" -pubout -out "$1.pub"
    openssl x509 -new -subj "/O=hellodone tests/OU=$1/CN=$5" -force_pubkey "$1.pub" -CA "$3.pem" -CAkey "$3.key" \
        -sha256 -days 20 -extfile extensions.cnf -extensions "$4" -set_serial "0x$(openssl rand -hex 15)" -out "$1.pem"
    cat "$1.pem" "$3.pem" >"$1.chain.pem"
}

authority ca-rsa rsa
authority ca-ec ec
cat ca-rsa.pem ca-ec.pem >cas.pem

leaf srv-rsa rsa ca-rsa server localhost
leaf srv-pss pss ca-rsa server localhost
leaf srv-ed ed ca-rsa server localhost
leaf srv-ec ec ca-ec server localhost
leaf srv-ec384 ec384 ca-ec server localhost

leaf cli-rsa rsa ca-rsa client cli-rsa
leaf cli-ed ed ca-rsa client cli-ed
leaf cli-ec ec ca-ec client cli-ec

for bits in 2048 3072; do
    openssl genpkey -genparam -algorithm DH -pkeyopt "group:ffdhe$bits" -out "ffdhe$bits.pem"
done
