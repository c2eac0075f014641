/* A TLS 1.2 client and server over Mbed TLS 2.28, for tests.
 *
 *   cc mbedtls.c -o mbedtls -lmbedtls -lmbedx509 -lmbedcrypto
 *   mbedtls c|s PORT [suite=TLS-...] [crt=F key=F] [ca=F] [psk=HEX] [ticket=0|1] [each=COUNT] [reneg=1]
 *               [mfl=1..4] [truncated=1] [etm=0]
 *
 * The name that goes with the pre-shared key is psk1. A client with each=2 resumes the session. With reneg=1 this side
 * begins another handshake. Every handshake is told in one line. Only 127.0.0.1 is used. */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLISECONDS 10000

static int count;
static char **words;
static mbedtls_ssl_config config;
static mbedtls_ctr_drbg_context rng;
static mbedtls_x509_crt authorities, chain;
static mbedtls_pk_context key;

static const char *option(const char *name) {
    size_t length = strlen(name);
    for (int i = 3; i < count; i++)
        if (!strncmp(words[i], name, length) && words[i][length] == '=')
            return words[i] + length + 1;
    return NULL;
}

static int failed(const char *what, int code) {
    char text[200];
    mbedtls_strerror(code, text, sizeof text);
    printf("%s FAIL -0x%x %s\n", what, -code, text);
    return code;
}

static void must(const char *what, int code) {
    if (code) {
        failed(what, code);
        exit(2);
    }
}

static void configure(int server) {
    static mbedtls_entropy_context entropy;
    static mbedtls_ssl_cache_context cache;
    static mbedtls_ssl_ticket_context tickets;
    static mbedtls_x509_crt_profile any = {0xfffffff, 0xfffffff, 0xfffffff, 1024};
    static int suites[2];
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&rng);
    must("random", mbedtls_ctr_drbg_seed(&rng, mbedtls_entropy_func, &entropy, NULL, 0));
    mbedtls_ssl_config_init(&config);
    must("defaults", mbedtls_ssl_config_defaults(&config, server, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT));
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &rng);
    mbedtls_ssl_conf_min_version(&config, 3, 3);
    mbedtls_ssl_conf_max_version(&config, 3, 3);
    mbedtls_ssl_conf_cert_profile(&config, &any);
    mbedtls_ssl_conf_read_timeout(&config, MILLISECONDS);
    mbedtls_ssl_conf_renegotiation(&config, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    if (option("suite") && !(suites[0] = mbedtls_ssl_get_ciphersuite_id(option("suite"))))
        must("suite", -1);
    mbedtls_ssl_conf_ciphersuites(&config, option("suite") ? suites : mbedtls_ssl_list_ciphersuites());
    if (option("ca")) {
        if (mbedtls_x509_crt_parse_file(&authorities, option("ca")) < 0)
            must("ca", -1);
        mbedtls_ssl_conf_ca_chain(&config, &authorities, NULL);
    }
    mbedtls_ssl_conf_authmode(&config, !server && option("ca") ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
    if (option("crt")) {
        must("crt", mbedtls_x509_crt_parse_file(&chain, option("crt")));
        must("key", mbedtls_pk_parse_keyfile(&key, option("key"), NULL));
        must("own", mbedtls_ssl_conf_own_cert(&config, &chain, &key));
    }
    if (option("psk")) {
        unsigned char secret[64];
        size_t length = strlen(option("psk")) / 2;
        for (size_t i = 0; i < length && i < sizeof secret; i++)
            sscanf(option("psk") + 2 * i, "%2hhx", secret + i);
        must("psk", mbedtls_ssl_conf_psk(&config, secret, length, (const unsigned char *)"psk1", 4));
    }
    if (option("mfl"))
        must("mfl", mbedtls_ssl_conf_max_frag_len(&config, atoi(option("mfl"))));
    if (option("etm"))
        mbedtls_ssl_conf_encrypt_then_mac(&config, atoi(option("etm")));
    if (option("truncated"))
        mbedtls_ssl_conf_truncated_hmac(&config, MBEDTLS_SSL_TRUNC_HMAC_ENABLED);
    int ticket = option("ticket") && atoi(option("ticket"));
    if (!server) {
        mbedtls_ssl_conf_session_tickets(&config, ticket);
        return;
    }
    mbedtls_ssl_cache_init(&cache);
    mbedtls_ssl_conf_session_cache(&config, &cache, mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
    if (ticket) {
        mbedtls_ssl_ticket_init(&tickets);
        must("ticket", mbedtls_ssl_ticket_setup(&tickets, mbedtls_ctr_drbg_random, &rng, MBEDTLS_CIPHER_AES_256_GCM, 86400));
        mbedtls_ssl_conf_session_tickets_cb(&config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &tickets);
    }
}

/* The library does not say that a session was resumed; to a client, its master secret does. */
static int same_secret(const mbedtls_ssl_session *one, const mbedtls_ssl_session *other) {
    return !memcmp(one->master, other->master, sizeof one->master);
}

static void describe(const char *who, const mbedtls_ssl_context *ssl, const char *resumed) {
    printf("%s OK %s resumed=%s peer=%d\n", who, mbedtls_ssl_get_ciphersuite(ssl), resumed, mbedtls_ssl_get_peer_cert(ssl) != NULL);
}

static int read_some(mbedtls_ssl_context *ssl, char *text, int size) {
    int got;
    do
        got = mbedtls_ssl_read(ssl, (unsigned char *)text, size - 1);
    while (got == MBEDTLS_ERR_SSL_WANT_READ);
    text[got > 0 ? got : 0] = 0;
    return got;
}

static void client(mbedtls_ssl_context *ssl, mbedtls_ssl_session *session, int first) {
    char text[20000];
    int code;
    if (!first)
        must("session", mbedtls_ssl_set_session(ssl, session));
    if ((code = mbedtls_ssl_handshake(ssl)) && failed("client", code))
        exit(1);
    describe("client", ssl, !first && same_secret(session, ssl->session) ? "true" : "false");
    mbedtls_ssl_session_free(session);
    must("get session", mbedtls_ssl_get_session(ssl, session));
    if (option("reneg")) {
        must("client again", mbedtls_ssl_renegotiate(ssl));
        printf("client again %s\n", mbedtls_ssl_get_ciphersuite(ssl));
    }
    mbedtls_ssl_write(ssl, (const unsigned char *)"GET / HTTP/1.0\r\n\r\n", 18);
    read_some(ssl, text, sizeof text);
    for (char *at = text; *at; at++)
        if (*at < ' ')
            *at = '|';
    printf("client read %s\n", text);
}

static void server(mbedtls_ssl_context *ssl) {
    char request[20000], answer[21000];
    int code;
    if ((code = mbedtls_ssl_handshake(ssl))) {
        failed("server", code);
        return;
    }
    describe("server", ssl, "unknown");
    read_some(ssl, request, sizeof request);
    if (option("reneg")) { /* only sends HelloRequest: the read that follows does the handshake */
        char more[100];
        must("server again", mbedtls_ssl_renegotiate(ssl));
        mbedtls_ssl_conf_read_timeout(&config, 600);
        mbedtls_ssl_read(ssl, (unsigned char *)more, sizeof more);
        mbedtls_ssl_conf_read_timeout(&config, MILLISECONDS);
        printf("server again %s\n", ssl->renego_status == 2 ? "done" : "FAIL"); /* the name of this 2 is private */
    }
    int length = snprintf(answer, sizeof answer, "HTTP/1.0 200 OK\r\n\r\nserver OK %s\r\n%s", mbedtls_ssl_get_ciphersuite(ssl), request);
    mbedtls_ssl_write(ssl, (const unsigned char *)answer, length);
}

int main(int argument_count, char **arguments) {
    count = argument_count;
    words = arguments;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int serves = words[1][0] == 's', each = option("each") ? atoi(option("each")) : 1;
    mbedtls_net_context listener, connection;
    mbedtls_ssl_session session;
    mbedtls_ssl_session_init(&session);
    configure(serves);
    if (serves)
        must("bind", mbedtls_net_bind(&listener, "127.0.0.1", words[2], MBEDTLS_NET_PROTO_TCP));
    for (int i = 0; serves || i < each; i++) {
        mbedtls_ssl_context ssl;
        mbedtls_net_init(&connection);
        if (serves)
            must("accept", mbedtls_net_accept(&listener, &connection, NULL, 0, NULL));
        else
            must("connect", mbedtls_net_connect(&connection, "127.0.0.1", words[2], MBEDTLS_NET_PROTO_TCP));
        mbedtls_ssl_init(&ssl);
        must("setup", mbedtls_ssl_setup(&ssl, &config));
        if (!serves)
            must("name", mbedtls_ssl_set_hostname(&ssl, "localhost"));
        mbedtls_ssl_set_bio(&ssl, &connection, mbedtls_net_send, mbedtls_net_recv, mbedtls_net_recv_timeout);
        if (serves)
            server(&ssl);
        else
            client(&ssl, &session, i == 0);
        mbedtls_ssl_close_notify(&ssl);
        mbedtls_net_free(&connection);
        mbedtls_ssl_free(&ssl);
    }
    return 0;
}
