/* Extensions of TLS 1.2 with wolfSSL, for tests.       cc wolfssl.c -o wolfssl -lwolfssl
 *
 *   wolfssl client PORT ca=FILE [suite=NAME] [status=1|2|multi] [trusted=TYPE,HEX] [mfl=1..5] [truncated=1]
 *   wolfssl server PORT crt=FILE key=FILE [ca=FILE staple=FILE] [trusted=TYPE,HEX]
 *
 * status= asks for OCSP responses: status_request, status_request_v2, and the same for the whole chain. staple= is what
 * a server staples, as if a responder had said it. trusted= names an authority (TYPE 1 key, 2 name, 3 certificate) that
 * a client trusts, and that a server has. One connection, one line each way, and a line about what was agreed on.
 */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int word_count;
static char **words;

static const char *option(const char *name) {
    size_t length = strlen(name);
    for (int i = 3; i < word_count; i++)
        if (!strncmp(words[i], name, length) && words[i][length] == '=') return words[i] + length + 1;
    return NULL;
}

static int is_server(void) { return words[1][0] == 's'; }

static void must(const char *what, int result) {
    if (result == WOLFSSL_SUCCESS) return;
    printf("%s FAIL %s %d\n", words[1], what, result);
    exit(2);
}

static void print_hex(const char *what, const unsigned char *bytes, size_t length) {
    printf(" %s=", what);
    for (size_t i = 0; i < length; i++) printf("%02x", bytes[i]);
}

/* What an OCSP responder would have said. */
static int staple(void *context, const char *url, int url_length, unsigned char *request, int length, unsigned char **answer) {
    (void)context, (void)url, (void)url_length, (void)request, (void)length;
    FILE *file = fopen(option("staple"), "rb");
    *answer = malloc(10000);
    int size = file ? (int)fread(*answer, 1, 10000, file) : -1;
    if (file) fclose(file);
    return size;
}

static void forget(void *context, unsigned char *answer) {
    (void)context;
    free(answer);
}

static WOLFSSL_CTX *new_context(void) {
    WOLFSSL_CTX *context = wolfSSL_CTX_new(is_server() ? wolfTLSv1_2_server_method() : wolfTLSv1_2_client_method());
    wolfSSL_CTX_set_verify(context, is_server() ? WOLFSSL_VERIFY_NONE : WOLFSSL_VERIFY_PEER, NULL);
    if (option("suite")) must("suite", wolfSSL_CTX_set_cipher_list(context, option("suite")));
    if (option("ca")) must("ca", wolfSSL_CTX_load_verify_locations(context, option("ca"), NULL));
    if (option("crt")) {
        must("crt", wolfSSL_CTX_use_certificate_chain_file(context, option("crt")));
        must("key", wolfSSL_CTX_use_PrivateKey_file(context, option("key"), WOLFSSL_FILETYPE_PEM));
    }
    if (option("status") || option("staple")) must("stapling", wolfSSL_CTX_EnableOCSPStapling(context));
    if (option("staple")) {
        must("url", wolfSSL_CTX_SetOCSP_OverrideURL(context, "http://127.0.0.1/"));
        must("ocsp", wolfSSL_CTX_EnableOCSP(context, WOLFSSL_OCSP_NO_NONCE | WOLFSSL_OCSP_URL_OVERRIDE));
        must("responder", wolfSSL_CTX_SetOCSP_Cb(context, staple, forget, NULL)); /* not before ocsp, which has its own */
    }
    return context;
}

static void name_authority(WOLFSSL *ssl) {
    unsigned char name[1000];
    const char *digits = strchr(option("trusted"), ',') + 1;
    unsigned size = (unsigned)strlen(digits) / 2;
    for (unsigned i = 0; i < size && i < sizeof name; i++) sscanf(digits + 2 * i, "%2hhx", name + i);
    must("trusted", wolfSSL_UseTrustedCA(ssl, (unsigned char)atoi(option("trusted")), name, size));
}

static void ask_for(WOLFSSL *ssl) {
    const char *status = option("status") ? option("status") : "";
    if (!strcmp(status, "1")) must("status", wolfSSL_UseOCSPStapling(ssl, WOLFSSL_CSR_OCSP, 0));
    if (!strcmp(status, "2")) must("status", wolfSSL_UseOCSPStaplingV2(ssl, WOLFSSL_CSR2_OCSP, 0));
    if (!strcmp(status, "multi")) must("status", wolfSSL_UseOCSPStaplingV2(ssl, WOLFSSL_CSR2_OCSP_MULTI, 0));
    if (option("mfl")) must("mfl", wolfSSL_UseMaxFragment(ssl, (unsigned char)atoi(option("mfl"))));
    if (option("truncated")) must("truncated", wolfSSL_UseTruncatedHMAC(ssl));
}

static void describe(WOLFSSL *ssl) {
    unsigned char exported[40], unique[12];
    printf("%s OK %s", words[1], wolfSSL_get_cipher_name(ssl));
    must("exporter", wolfSSL_export_keying_material(
                         ssl, exported, sizeof exported, "EXPERIMENTAL-hellodone", 22, (const unsigned char *)"context", 7, 1));
    print_hex("exporter", exported, sizeof exported);
    size_t length = is_server() ? wolfSSL_get_peer_finished(ssl, unique, sizeof unique) : wolfSSL_get_finished(ssl, unique, sizeof unique);
    print_hex("unique", unique, length);
    printf("\n");
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

static void converse(WOLFSSL *ssl) {
    char line[4096], reason[100];
    int result = is_server() ? wolfSSL_accept(ssl) : wolfSSL_connect(ssl);
    if (result != WOLFSSL_SUCCESS) {
        wolfSSL_ERR_error_string_n((unsigned long)wolfSSL_get_error(ssl, result), reason, sizeof reason);
        printf("%s FAIL %s\n", words[1], reason);
        return;
    }
    describe(ssl);
    if (!is_server()) wolfSSL_write(ssl, "hello from wolfSSL\n", 19);
    int length = wolfSSL_read(ssl, line, sizeof line);
    if (length > 0) printf("%s read %.*s", words[1], length, line);
    if (is_server()) wolfSSL_write(ssl, "hello from wolfSSL\n", 19);
    wolfSSL_shutdown(ssl);
}

int main(int count, char **given) {
    word_count = count;
    words = given;
    if (count < 3) return 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    wolfSSL_Init();
    WOLFSSL_CTX *context = new_context();
    int tcp = connected_socket();
    if (tcp < 0) return 3;
    WOLFSSL *ssl = wolfSSL_new(context);
    wolfSSL_KeepArrays(ssl);
    wolfSSL_set_fd(ssl, tcp);
    if (option("trusted")) name_authority(ssl);
    ask_for(ssl);
    converse(ssl);
    wolfSSL_free(ssl);
    close(tcp);
    return 0;
}
