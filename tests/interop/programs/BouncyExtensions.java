// Extensions of TLS 1.2 over Bouncy Castle's low-level TLS API, for tests.
//
//   javac -cp JARS -d FOLDER BouncyCastle.java StaticAgreement.java CertificateUrls.java BouncyExtensions.java
//   java -cp JARS:FOLDER BouncyExtensions c PORT pki=FOLDER [url=URL] do=WORD,WORD [do=WORD...]
//   java -cp JARS:FOLDER BouncyExtensions s PORT pki=FOLDER [staples=FILE,FILE]
//
// A client makes one connection for each do=, with what its words switch on: mapping and hint (user mapping, with or
// without data), private (data of a kind without RFC, both ways), multi (status_request_v2), staple (status_request),
// trusted-NAME (that authority, by name, is trusted), url (the certificate is at url=), fallback (the SCSV of RFC 7507),
// mfl, truncated, cbc, ffdhe3072. A server answers whatever is offered. Both tell what they saw.
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.tls.*;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.util.encoders.Hex;

public class BouncyExtensions {
    static final int GCM = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    static final int CBC = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256;
    static final int DHE = CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;
    static final int ECDSA = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    static final Integer USER_MAPPING = 6, PRIVATE = 65282;
    static final int PRIVATE_DATA = 65283;
    static final byte[] HINTS = {1, 64}; // one type: upn_domain_hint
    static final byte[] HELLO = {1};

    public static void main(String[] words) throws Exception {
        for (int i = 2; i < words.length; i++) {
            String[] option = words[i].split("=", 2);
            if (!option[0].equals("do")) BouncyCastle.options.put(option[0], option[1]);
        }
        int port = Integer.parseInt(words[1]);
        if (words[0].equals("s")) serve(port);
        for (String word : words)
            if (word.startsWith("do=")) connect(port, List.of(word.substring(3).split(",")));
    }

    static void connect(int port, List<String> words) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(BouncyCastle.MILLISECONDS);
            var protocol = new CertificateUrls.Client(socket.getInputStream(), socket.getOutputStream());
            if (words.contains("url")) protocol.url = BouncyCastle.options.get("url");
            protocol.connect(new Client(words));
            protocol.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
            System.out.println("client read " + BouncyCastle.read(protocol).replaceAll("[\r\n]+", "|"));
            protocol.close();
        } catch (IOException error) {
            System.out.println("client FAIL " + error);
        }
    }

    static void serve(int port) throws IOException {
        ServerSocket listener = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
        while (true)
            try (Socket socket = listener.accept()) {
                socket.setSoTimeout(BouncyCastle.MILLISECONDS);
                var protocol = new CertificateUrls.Server(socket.getInputStream(), socket.getOutputStream());
                protocol.accept(new Server());
                String answer = "HTTP/1.0 200 OK\r\n\r\n" + BouncyCastle.read(protocol);
                protocol.getOutputStream().write(answer.getBytes());
                protocol.close();
            } catch (IOException error) {
                System.out.println("server FAIL " + error);
            }
    }

    static class Client extends DefaultTlsClient {
        final List<String> words;

        Client(List<String> words) {
            super(BouncyCastle.crypto);
            this.words = words;
        }

        protected ProtocolVersion[] getSupportedVersions() { return ProtocolVersion.TLSv12.only(); }

        protected int[] getSupportedCipherSuites() {
            if (words.contains("ffdhe3072")) return new int[] {DHE};
            return words.contains("cbc") ? new int[] {CBC} : new int[] {ECDSA, GCM};
        }

        protected Vector getSupportedGroups(Vector roles) {
            return words.contains("ffdhe3072") ? new Vector(List.of(NamedGroup.ffdhe3072)) : super.getSupportedGroups(roles);
        }

        public boolean isFallback() { return words.contains("fallback"); }

        protected CertificateStatusRequest getCertificateStatusRequest() {
            return words.contains("staple") ? super.getCertificateStatusRequest() : null;
        }

        protected Vector getMultiCertStatusRequest() {
            if (!words.contains("multi")) return null;
            short kind = CertificateStatusType.ocsp_multi;
            return new Vector(List.of(new CertificateStatusRequestItemV2(kind, new OCSPStatusRequest(null, null))));
        }

        protected Vector getTrustedCAIndication() {
            Vector named = new Vector();
            for (String word : words)
                if (word.startsWith("trusted-")) named.add(authority(word.substring("trusted-".length())));
            return named.isEmpty() ? null : named;
        }

        public Hashtable getClientExtensions() throws IOException {
            Hashtable<Integer, byte[]> sent = super.getClientExtensions();
            if (words.contains("mfl")) TlsExtensionsUtils.addMaxFragmentLengthExtension(sent, MaxFragmentLength.pow2_9);
            if (words.contains("truncated")) TlsExtensionsUtils.addTruncatedHMacExtension(sent);
            if (words.contains("url")) TlsExtensionsUtils.addClientCertificateURLExtension(sent);
            if (words.contains("mapping") || words.contains("hint")) sent.put(USER_MAPPING, HINTS);
            if (words.contains("private")) sent.put(PRIVATE, HELLO);
            return sent;
        }

        public void processServerExtensions(Hashtable received) throws IOException {
            super.processServerExtensions(received);
            System.out.println("client answered " + numbers(received));
        }

        public Vector getClientSupplementalData() throws IOException { return words.contains("hint") ? null : data(words); }

        public void processServerSupplementalData(Vector entries) throws IOException {
            if (entries != null && !words.contains("private")) super.processServerSupplementalData(entries);
            tell("client", entries);
        }

        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                public void notifyServerCertificate(TlsServerCertificate shown) throws IOException {
                    System.out.println("client shown " + subjects(shown.getCertificate()));
                    tellStatus(shown.getCertificateStatus());
                }

                public TlsCredentials getClientCredentials(CertificateRequest asked) throws IOException {
                    return signer(context, "cli-rsa", asked.getSupportedSignatureAlgorithms());
                }
            };
        }

        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            System.out.println("client OK " + describe(context));
        }
    }

    static class Server extends DefaultTlsServer {
        Server() { super(BouncyCastle.crypto); }

        protected ProtocolVersion[] getSupportedVersions() { return ProtocolVersion.TLSv12.only(); }

        protected int[] getSupportedCipherSuites() { return new int[] {GCM, CBC, DHE}; }

        protected boolean allowMultiCertStatus() { return BouncyCastle.options.containsKey("staples"); }

        protected boolean allowCertificateStatus() { return BouncyCastle.options.containsKey("staples"); }

        protected boolean allowTruncatedHMac() { return true; }

        protected boolean allowTrustedCAIndication() { return trustedCAKeys != null; }

        public void processClientExtensions(Hashtable received) throws IOException {
            super.processClientExtensions(received);
            System.out.println("server offered " + numbers(received));
            if (trustedCAKeys == null) return;
            for (Object one : trustedCAKeys) System.out.println("server trusted " + name((TrustedAuthority) one));
        }

        public Hashtable getServerExtensions() throws IOException {
            Hashtable<Integer, byte[]> sent = super.getServerExtensions();
            if (TlsExtensionsUtils.hasClientCertificateURLExtension(clientExtensions))
                TlsExtensionsUtils.addClientCertificateURLExtension(sent);
            if (clientExtensions.containsKey(USER_MAPPING)) sent.put(USER_MAPPING, HINTS);
            if (clientExtensions.containsKey(PRIVATE)) sent.put(PRIVATE, HELLO);
            return sent;
        }

        public Vector getServerSupplementalData() {
            return clientExtensions.containsKey(PRIVATE) ? new Vector(List.of(ours())) : null;
        }

        public void processClientSupplementalData(Vector entries) throws IOException {
            boolean agreed = clientExtensions.containsKey(PRIVATE) || clientExtensions.containsKey(USER_MAPPING);
            if (!agreed) super.processClientSupplementalData(entries);
            tell("server", entries);
        }

        protected TlsCredentialedSigner getRSASignerCredentials() throws IOException {
            return signer(context, "srv-rsa", context.getSecurityParametersHandshake().getClientSigAlgs());
        }

        public CertificateStatus getCertificateStatus() throws IOException {
            Vector<OCSPResponse> staples = new Vector<>();
            for (String file : BouncyCastle.options.get("staples").split(","))
                staples.add(OCSPResponse.getInstance(Files.readAllBytes(Path.of(file))));
            return context.getSecurityParametersHandshake().getStatusRequestVersion() == 2
                ? new CertificateStatus(CertificateStatusType.ocsp_multi, staples)
                : new CertificateStatus(CertificateStatusType.ocsp, staples.get(0));
        }

        public CertificateRequest getCertificateRequest() throws IOException {
            if (!TlsExtensionsUtils.hasClientCertificateURLExtension(clientExtensions)) return null;
            short[] types = {ClientCertificateType.rsa_sign};
            return new CertificateRequest(types, TlsUtils.getDefaultSupportedSignatureAlgorithms(context), new Vector());
        }

        public void notifyClientCertificate(Certificate shown) throws IOException {
            System.out.println("server shown " + subjects(shown));
        }

        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            System.out.println("server OK " + describe(context));
        }
    }

    // --- supplemental data

    static SupplementalDataEntry ours() { return new SupplementalDataEntry(PRIVATE_DATA, "from Bouncy Castle".getBytes()); }

    static Vector data(List<String> words) throws IOException {
        if (words.contains("private")) return new Vector(List.of(ours()));
        if (!words.contains("mapping")) return null;
        var hint = new ByteArrayOutputStream();
        TlsUtils.writeOpaque16("me@example.org".getBytes(), hint);
        TlsUtils.writeOpaque16("example.org".getBytes(), hint);
        var mapping = new ByteArrayOutputStream();
        mapping.write(64);
        TlsUtils.writeOpaque16(hint.toByteArray(), mapping); // user_mapping_length (RFC 4681, 3)
        var list = new ByteArrayOutputStream();
        TlsUtils.writeOpaque16(mapping.toByteArray(), list);
        return new Vector(List.of(new SupplementalDataEntry(SupplementalDataType.user_mapping_data, list.toByteArray())));
    }

    static void tell(String role, Vector entries) throws IOException {
        System.out.println(role + " supplemental " + (entries == null ? "none" : "entries=" + entries.size()));
        if (entries == null) return;
        for (Object one : entries) {
            var entry = (SupplementalDataEntry) one;
            if (entry.getDataType() == SupplementalDataType.user_mapping_data) tellMapping(role, entry.getData());
            else System.out.println(role + " data " + entry.getDataType() + " " + new String(entry.getData()));
        }
    }

    static void tellMapping(String role, byte[] data) throws IOException {
        var list = new ByteArrayInputStream(TlsUtils.decodeOpaque16(data));
        short type = TlsUtils.readUint8(list);
        var hint = new ByteArrayInputStream(TlsUtils.readOpaque16(list));
        String user = new String(TlsUtils.readOpaque16(hint)), domain = new String(TlsUtils.readOpaque16(hint));
        System.out.println(role + " mapping " + type + " " + user + " " + domain + " rest=" + (list.available() + hint.available()));
    }

    // --- certificates

    static TlsCredentialedSigner signer(TlsContext context, String name, Vector offered) throws IOException {
        for (Object one : offered) {
            var scheme = (SignatureAndHashAlgorithm) one;
            if (scheme.getSignature() == SignatureAlgorithm.rsa && scheme.getHash() == HashAlgorithm.sha256)
                return new BcDefaultTlsCredentialedSigner(
                    new TlsCryptoParameters(context), BouncyCastle.crypto, BouncyCastle.key(name), BouncyCastle.chain(name), scheme);
        }
        throw new TlsFatalAlert(AlertDescription.handshake_failure);
    }

    static X509CertificateHolder certificate(String name) {
        try {
            return new X509CertificateHolder(BouncyCastle.pem(name + ".pem").get(0));
        } catch (IOException error) {
            throw new IllegalArgumentException(name, error);
        }
    }

    static TrustedAuthority authority(String name) {
        return new TrustedAuthority(IdentifierType.x509_name, certificate(name).getSubject());
    }

    static String name(TrustedAuthority authority) {
        if (authority.getIdentifier() instanceof X500Name name) return "name " + name;
        if (authority.getIdentifierType() == IdentifierType.pre_agreed) return "pre_agreed";
        return authority.getIdentifierType() + " " + Hex.toHexString((byte[]) authority.getIdentifier());
    }

    static String subjects(Certificate chain) throws IOException {
        StringBuilder subjects = new StringBuilder();
        for (var one : chain.getCertificateList())
            subjects.append(new X509CertificateHolder(one.getEncoded()).getSubject()).append(";");
        return subjects.toString();
    }

    static void tellStatus(CertificateStatus status) throws IOException {
        if (status == null) return;
        boolean multi = status.getStatusType() == CertificateStatusType.ocsp_multi;
        for (Object one : multi ? status.getOCSPResponseList() : List.of(status.getOCSPResponse()))
            System.out.println("client status " + status.getStatusType() + " " + (one == null ? "none" : judged((OCSPResponse) one)));
    }

    // The authorities of the tests answer for themselves.
    static String judged(OCSPResponse response) throws IOException {
        try {
            var basic = (BasicOCSPResp) new OCSPResp(response).getResponseObject();
            var single = basic.getResponses()[0];
            var provider = new JcaContentVerifierProviderBuilder().build(certificate("ca-rsa"));
            return (single.getCertStatus() == null ? "good " : "bad ") + single.getCertID().getSerialNumber().toString(16)
                + " signature=" + basic.isSignatureValid(provider);
        } catch (Exception error) {
            throw new IOException(error);
        }
    }

    // --- what was agreed on

    static String numbers(Hashtable<Integer, byte[]> extensions) {
        if (extensions == null) return "[]";
        return Arrays.toString(extensions.keySet().stream().mapToInt(Integer::intValue).sorted().toArray());
    }

    static String describe(TlsContext context) {
        SecurityParameters parameters = context.getSecurityParametersConnection();
        byte[] exported = context.exportKeyingMaterial("EXPERIMENTAL-hellodone", "context".getBytes(), 40);
        return BouncyCastle.describe(context) + " etm=" + parameters.isEncryptThenMAC()
            + " truncated=" + parameters.isTruncatedHMac() + " mfl=" + parameters.getMaxFragmentLength()
            + " exporter=" + Hex.toHexString(exported)
            + " unique=" + Hex.toHexString(context.exportChannelBinding(ChannelBinding.tls_unique))
            + " end=" + Hex.toHexString(context.exportChannelBinding(ChannelBinding.tls_server_end_point));
    }
}
