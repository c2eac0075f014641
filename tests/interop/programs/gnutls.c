/* SupplementalData (RFC 4680) with GnuTLS, which its command-line programs do not offer.
 *
 *   gnutls client PORT ca=FILE [crt=FILE key=FILE] [ext=NUMBER hello=HEX] [type=NUMBER [send=HEX] [expect=1]]
 *   gnutls server PORT crt=FILE key=FILE [...]
 *
 * priority= replaces what is offered; anon=1, psk=HEX (a client's) and pskfile=FILE (a server's) bring the credentials.
 *
 * ext= registers a hello extension with that data; type= a kind of supplemental data, which is sent (send=) and expected
 * (expect=1: without it the message is refused, with it its absence is). later=1 does so in a second handshake only, for
 * which a server waits. derive=1 prints what is derived from the connection (RFC 5705, 5929). One connection, one line each way, then the end.
 */
#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int word_count;
static char **words;
static int peer_said_hello;

static const char *option(const char *name) {
    size_t length = strlen(name);
    for (int i = 3; i < word_count; i++)
        if (!strncmp(words[i], name, length) && words[i][length] == '=') return words[i] + length + 1;
    return NULL;
}

static int is_server(void) { return words[1][0] == 's'; }

static size_t unhex(const char *digits, unsigned char *bytes, size_t size) {
    size_t length = strlen(digits) / 2;
    if (length > size) length = size;
    for (size_t i = 0; i < length; i++) sscanf(digits + 2 * i, "%2hhx", bytes + i);
    return length;
}

static void print_hex(const char *what, const unsigned char *bytes, size_t length) {
    printf("%s %s=", words[1], what);
    for (size_t i = 0; i < length; i++) printf("%02x", bytes[i]);
    printf("\n");
}

static int append(gnutls_buffer_t buffer, const char *name) {
    unsigned char bytes[2000];
    size_t length = unhex(option(name), bytes, sizeof bytes);
    gnutls_buffer_append_data(buffer, bytes, length);
    return (int)length;
}

static int data_received(gnutls_session_t session, const unsigned char *bytes, size_t length) {
    (void)session;
    print_hex("supplemental", bytes, length);
    return 0;
}

static int data_to_send(gnutls_session_t session, gnutls_buffer_t buffer) {
    (void)session;
    return append(buffer, "send");
}

static int hello_received(gnutls_session_t session, const unsigned char *bytes, size_t length) {
    (void)session;
    print_hex("hello", bytes, length);
    peer_said_hello = 1;
    return 0;
}

static int hello_to_send(gnutls_session_t session, gnutls_buffer_t buffer) {
    (void)session;
    return is_server() && !peer_said_hello ? 0 : append(buffer, "hello");
}

static void check(const char *what, int result) {
    if (result >= 0) return;
    printf("%s FAIL %s: %s\n", words[1], what, gnutls_strerror(result));
    exit(2);
}

static int connected_socket(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(words[2]))};
    inet_aton("127.0.0.1", &address.sin_addr);
    int one = 1, tcp = socket(AF_INET, SOCK_STREAM, 0);
    if (!is_server()) return connect(tcp, (void *)&address, sizeof address) ? -1 : tcp;
    setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(tcp, (void *)&address, sizeof address) || listen(tcp, 5)) return -1;
    return accept(tcp, NULL, NULL);
}

static void supplement(gnutls_session_t session) {
    if (option("send")) gnutls_supplemental_send(session, 1);
    if (option("expect")) gnutls_supplemental_recv(session, 1);
}

static void be_anonymous(gnutls_session_t session) {
    gnutls_anon_server_credentials_t server;
    gnutls_anon_client_credentials_t client;
    if (is_server()) {
        gnutls_anon_allocate_server_credentials(&server);
        gnutls_anon_set_server_known_dh_params(server, GNUTLS_SEC_PARAM_MEDIUM);
        gnutls_credentials_set(session, GNUTLS_CRD_ANON, server);
    } else {
        gnutls_anon_allocate_client_credentials(&client);
        gnutls_credentials_set(session, GNUTLS_CRD_ANON, client);
    }
}

static void share_key(gnutls_session_t session) {
    gnutls_psk_server_credentials_t server;
    gnutls_psk_client_credentials_t client;
    if (is_server()) {
        gnutls_psk_allocate_server_credentials(&server);
        check("pskfile", gnutls_psk_set_server_credentials_file(server, option("pskfile")));
        gnutls_psk_set_server_known_dh_params(server, GNUTLS_SEC_PARAM_MEDIUM);
        gnutls_credentials_set(session, GNUTLS_CRD_PSK, server);
    } else {
        gnutls_datum_t key = {(unsigned char *)option("psk"), strlen(option("psk"))};
        gnutls_psk_allocate_client_credentials(&client);
        check("psk", gnutls_psk_set_client_credentials(client, "psk1", &key, GNUTLS_PSK_KEY_HEX));
        gnutls_credentials_set(session, GNUTLS_CRD_PSK, client);
    }
}

static gnutls_session_t new_session(gnutls_certificate_credentials_t credentials) {
    gnutls_session_t session;
    gnutls_init(&session, is_server() ? GNUTLS_SERVER : GNUTLS_CLIENT);
    const char *priority = option("priority") ? option("priority") : "NORMAL:-VERS-ALL:+VERS-TLS1.2";
    check("priority", gnutls_priority_set_direct(session, priority, NULL));
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
    if (option("anon")) be_anonymous(session);
    if (option("psk") || option("pskfile")) share_key(session);
    gnutls_handshake_set_timeout(session, 10000);
    if (!is_server()) gnutls_server_name_set(session, GNUTLS_NAME_DNS, "localhost", 9);
    if (option("type")) {
        gnutls_supp_send_func send = option("send") ? data_to_send : NULL;
        int type = atoi(option("type"));
        check("type", gnutls_session_supplemental_register(session, "ours", type, data_received, send, 0));
    }
    if (!option("later")) supplement(session);
    if (option("ext"))
        check("ext", gnutls_session_ext_register(
                         session, "ours", atoi(option("ext")), GNUTLS_EXT_APPLICATION, hello_received, hello_to_send,
                         NULL, NULL, NULL, GNUTLS_EXT_FLAG_CLIENT_HELLO | GNUTLS_EXT_FLAG_TLS12_SERVER_HELLO));
    return session;
}

/* Send the alert and wait for the peer to go: what is unread at the end would take the alert with it. */
static void refuse(gnutls_session_t session, int reason) {
    char unread[4096];
    int tcp = gnutls_transport_get_int(session);
    gnutls_alert_send_appropriate(session, reason);
    shutdown(tcp, SHUT_WR);
    while (read(tcp, unread, sizeof unread) > 0) continue;
}

static void shake_hands(gnutls_session_t session) {
    int result;
    do result = gnutls_handshake(session);
    while (result < 0 && !gnutls_error_is_fatal(result));
    if (result < 0) refuse(session, result);
    check("handshake", result);
    printf("%s OK %s\n", words[1], gnutls_session_get_desc(session));
}

static void derive(gnutls_session_t session) {
    unsigned char exported[40];
    gnutls_datum_t unique, end;
    check("exporter", gnutls_prf_rfc5705(session, 22, "EXPERIMENTAL-hellodone", 7, "context", sizeof exported, (char *)exported));
    check("unique", gnutls_session_channel_binding(session, GNUTLS_CB_TLS_UNIQUE, &unique));
    check("end", gnutls_session_channel_binding(session, GNUTLS_CB_TLS_SERVER_END_POINT, &end));
    print_hex("exporter", exported, sizeof exported);
    print_hex("unique", unique.data, unique.size);
    print_hex("end", end.data, end.size);
    gnutls_free(unique.data);
    gnutls_free(end.data);
}

static void converse(gnutls_session_t session) {
    char line[4096];
    if (!is_server()) gnutls_record_send(session, "hello from gnutls\n", 18);
    ssize_t length = gnutls_record_recv(session, line, sizeof line - 1);
    if (length == GNUTLS_E_REHANDSHAKE) {
        supplement(session);
        shake_hands(session);
        length = gnutls_record_recv(session, line, sizeof line - 1);
    }
    if (length > 0) printf("%s read %.*s", words[1], (int)length, line);
    if (is_server()) gnutls_record_send(session, "hello from gnutls\n", 18);
    gnutls_bye(session, GNUTLS_SHUT_WR);
}

int main(int count, char **given) {
    word_count = count;
    words = given;
    if (count < 3) return 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    gnutls_certificate_credentials_t credentials;
    gnutls_certificate_allocate_credentials(&credentials);
    if (option("crt"))
        check("crt", gnutls_certificate_set_x509_key_file(credentials, option("crt"), option("key"), GNUTLS_X509_FMT_PEM));
    if (option("ca")) gnutls_certificate_set_x509_trust_file(credentials, option("ca"), GNUTLS_X509_FMT_PEM);
    int tcp = connected_socket();
    if (tcp < 0) return 3;
    gnutls_session_t session = new_session(credentials);
    gnutls_transport_set_int(session, tcp);
    shake_hands(session);
    if (option("derive")) derive(session);
    converse(session);
    gnutls_deinit(session);
    close(tcp);
    return 0;
}
