#!/usr/bin/env bash
# Makes the certificates of the interop tests in the current folder, with OpenSSL 3 only (about 3 s).
# For each name N: N.pem, N.key, and N.chain.pem with its authority's certificate. cas.pem: all authorities.
set -euo pipefail
DSA_PARAMETERS="$(cd "$(dirname "$0")" && pwd)/dsa2048.pem" # finding new ones takes seconds

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
[server_agreement]
basicConstraints=critical,CA:FALSE
subjectAltName=DNS:localhost,IP:127.0.0.1
keyUsage=critical,keyAgreement
extendedKeyUsage=serverAuth
[client_agreement]
basicConstraints=critical,CA:FALSE
keyUsage=critical,keyAgreement
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
    dsa) options=(-paramfile "$DSA_PARAMETERS") ;;
    dh) options=(-algorithm DH -pkeyopt group:ffdhe2048) ;;   # PKCS #3: prime and generator
    dhx) options=(-algorithm DHX -pkeyopt dh_rfc5114:3) ;;    # X9.42: with the order, as RFC 3279 has it
    esac
    openssl genpkey "${options[@]}" -out "$1" 2>/dev/null
}

# authority NAME KIND
authority() {
    key "$1.key" "$2"
    openssl req -x509 -new -key "$1.key" -sha256 -days 30 -subj "/O=hellodone tests/CN=$1" \
        -config extensions.cnf -extensions ca -out "$1.pem"
}

# leaf NAME KIND AUTHORITY server|client|server_agreement|client_agreement COMMON-NAME
leaf() {
    key "$1.key" "$2"
    openssl pkey -in "$1.key" -pubout -out "$1.pub"
    openssl x509 -new -subj "/O=hellodone tests/OU=$1/CN=$5" -force_pubkey "$1.pub" -CA "$3.pem" -CAkey "$3.key" \
        -sha256 -days 20 -extfile extensions.cnf -extensions "$4" -set_serial "0x$(openssl rand -hex 15)" -out "$1.pem"
    cat "$1.pem" "$3.pem" >"$1.chain.pem"
}

authority ca-rsa rsa
authority ca-ec ec
authority ca-dsa dsa
cat ca-rsa.pem ca-ec.pem ca-dsa.pem >cas.pem
cat ca-rsa.pem ca-ec.pem >cas-but-dsa.pem

leaf srv-rsa rsa ca-rsa server localhost
leaf srv-pss pss ca-rsa server localhost
leaf srv-ed ed ca-rsa server localhost
leaf srv-ec ec ca-ec server localhost
leaf srv-ec384 ec384 ca-ec server localhost

leaf cli-rsa rsa ca-rsa client cli-rsa
leaf cli-ed ed ca-rsa client cli-ed
leaf cli-ec ec ca-ec client cli-ec

# Keys that lie in certificates to agree with, not to sign: static (EC)DH and fixed (EC)DH client authentication.
leaf srv-dsa dsa ca-dsa server localhost
leaf cli-dsa dsa ca-dsa client cli-dsa
for side in server client; do
    [[ $side == server ]] && short=srv name=localhost || short=cli name=client
    for kind in dh dhx; do
        leaf "$short-$kind-rsa" $kind ca-rsa "${side}_agreement" "$name"
        leaf "$short-$kind-dss" $kind ca-dsa "${side}_agreement" "$name"
    done
    leaf "$short-ecdh-rsa" ec ca-rsa "${side}_agreement" "$name"
    leaf "$short-ecdh-ecdsa" ec ca-ec "${side}_agreement" "$name"
done

# For Java: key and chain in one file.
for name in srv-ecdh-rsa srv-ecdh-ecdsa srv-rsa srv-dsa cli-rsa; do
    openssl pkcs12 -export -inkey $name.key -in $name.chain.pem -name $name -passout pass:changeit -out $name.p12
done

for bits in 2048 3072; do
    openssl genpkey -genparam -algorithm DH -pkeyopt "group:ffdhe$bits" -out "ffdhe$bits.pem"
done

echo psk1:000102030405060708090a0b0c0d0e0f >psk.txt
