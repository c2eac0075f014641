// A TLS 1.2 client and server over Bouncy Castle's low-level TLS API, for tests.
//
//   javac -cp JARS -d FOLDER BouncyCastle.java StaticAgreement.java        (JARS: bctls, bcprov, bcpkix, bcutil)
//   java -cp JARS:FOLDER BouncyCastle c|s PORT pki=FOLDER suites=A,B[/CERTIFICATE] [each=COUNT] [ask=1] [key=x]
//
// A client makes COUNT connections for each suite, offering only that one; with a certificate's name after the suite it
// authenticates with a fixed (EC)DH key. A server takes the certificate that its key exchange needs (srv-dh-rsa, ...;
// key=x takes srv-dhx-*, whose private key must be srv-dhx-*.pkcs3.key), and with ask=1 it asks clients for theirs. Every handshake is told in one line.
import java.io.FileReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.*;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedAgreement;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.bouncycastle.util.io.pem.PemReader;

public class BouncyCastle {
    static final int MILLISECONDS = 10_000;
    static final Map<String, String> options = new HashMap<>();
    static final BcTlsCrypto crypto = new BcTlsCrypto(new SecureRandom());

    public static void main(String[] words) throws Exception {
        for (int i = 2; i < words.length; i++) {
            int sign = words[i].indexOf('=');
            options.put(words[i].substring(0, sign), words[i].substring(sign + 1));
        }
        int port = Integer.parseInt(words[1]);
        if (words[0].equals("c")) clients(port);
        else servers(port);
    }

    static void clients(int port) {
        int each = Integer.parseInt(options.getOrDefault("each", "1"));
        for (String suite : options.get("suites").split(",")) {
            TlsSession[] session = {null};
            for (int i = 0; i < each; i++)
                try (Socket socket = new Socket("127.0.0.1", port)) {
                    socket.setSoTimeout(MILLISECONDS);
                    var protocol = new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
                    protocol.connect(new Client(suite, session));
                    protocol.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
                    System.out.println("client read " + read(protocol).replaceAll("[\r\n]+", "|"));
                    protocol.close();
                } catch (IOException error) {
                    System.out.println("client FAIL " + suite + " " + error);
                }
        }
    }

    static void servers(int port) throws IOException {
        Map<String, TlsSession> sessions = new HashMap<>();
        ServerSocket listener = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
        while (true)
            try (Socket socket = listener.accept()) {
                socket.setSoTimeout(MILLISECONDS);
                var protocol = new TlsServerProtocol(socket.getInputStream(), socket.getOutputStream());
                Server server = new Server(sessions);
                protocol.accept(server);
                String answer = "HTTP/1.0 200 OK\r\n\r\n" + server.line + "\r\n" + read(protocol);
                protocol.getOutputStream().write(answer.getBytes());
                protocol.close();
            } catch (IOException error) {
                System.out.println("server FAIL " + error);
            }
    }

    static String read(TlsProtocol protocol) throws IOException {
        byte[] data = new byte[20_000];
        int count = protocol.getInputStream().read(data);
        return new String(data, 0, Math.max(count, 0));
    }

    static class Client extends DefaultTlsClient {
        final String suite, certificate;
        final TlsSession[] session;

        Client(String suite, TlsSession[] session) {
            super(crypto);
            this.suite = suite.split("/")[0];
            this.certificate = suite.contains("/") ? suite.split("/")[1] : null;
            this.session = session;
        }

        protected int[] getSupportedCipherSuites() { return new int[] {number(suite)}; }

        protected ProtocolVersion[] getSupportedVersions() { return ProtocolVersion.TLSv12.only(); }

        public TlsSession getSessionToResume() { return session[0]; }

        public TlsKeyExchangeFactory getKeyExchangeFactory() { return new StaticAgreement(null); }

        public TlsDHGroupVerifier getDHGroupVerifier() {
            return new DefaultTlsDHGroupVerifier(1024) {
                protected boolean checkGroup(org.bouncycastle.tls.crypto.TlsDHConfig config) { return true; }
            };
        }

        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                public void notifyServerCertificate(TlsServerCertificate shown) { }

                public TlsCredentials getClientCredentials(CertificateRequest asked) throws IOException {
                    return certificate == null ? null : agreement(certificate);
                }
            };
        }

        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            System.out.println("client OK " + describe(context));
            session[0] = context.getSession();
        }
    }

    static class Server extends DefaultTlsServer {
        final Map<String, TlsSession> sessions;
        String line;

        Server(Map<String, TlsSession> sessions) {
            super(crypto);
            this.sessions = sessions;
        }

        protected int[] getSupportedCipherSuites() {
            return Arrays.stream(options.get("suites").split(",")).mapToInt(BouncyCastle::number).toArray();
        }

        protected ProtocolVersion[] getSupportedVersions() { return ProtocolVersion.TLSv12.only(); }

        public byte[] getNewSessionID() {
            byte[] id = new byte[32];
            new SecureRandom().nextBytes(id);
            return id;
        }

        public TlsSession getSessionToResume(byte[] id) { return sessions.get(Arrays.toString(id)); }

        public TlsKeyExchangeFactory getKeyExchangeFactory() throws IOException { return new StaticAgreement(this); }

        AsymmetricKeyParameter key() throws IOException { return BouncyCastle.key(name()); }

        public TlsCredentials getCredentials() throws IOException { return agreement(name()); }

        String name() {
            switch (context.getSecurityParametersHandshake().getKeyExchangeAlgorithm()) {
                case KeyExchangeAlgorithm.DH_RSA: return "srv-dh" + options.getOrDefault("key", "") + "-rsa";
                case KeyExchangeAlgorithm.DH_DSS: return "srv-dh" + options.getOrDefault("key", "") + "-dss";
                case KeyExchangeAlgorithm.ECDH_RSA: return "srv-ecdh-rsa";
                default: return "srv-ecdh-ecdsa";
            }
        }

        public CertificateRequest getCertificateRequest() {
            if (!options.containsKey("ask")) return null;
            short[] types = {
                ClientCertificateType.rsa_fixed_dh, ClientCertificateType.dss_fixed_dh,
                ClientCertificateType.rsa_fixed_ecdh, ClientCertificateType.ecdsa_fixed_ecdh,
            };
            return new CertificateRequest(types, TlsUtils.getDefaultSupportedSignatureAlgorithms(context), new Vector<>());
        }

        public void notifyClientCertificate(org.bouncycastle.tls.Certificate shown) { }

        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            line = "server OK " + describe(context);
            System.out.println(line);
            TlsSession session = context.getSession();
            if (session != null) sessions.put(Arrays.toString(session.getSessionID()), session);
        }
    }

    static String describe(TlsContext context) {
        SecurityParameters parameters = context.getSecurityParametersConnection();
        var shown = parameters.getPeerCertificate();
        return name(parameters.getCipherSuite()) + " resumed=" + parameters.isResumedSession()
            + " ems=" + parameters.isExtendedMasterSecret() + " peer=" + (shown == null ? 0 : shown.getLength());
    }

    static TlsCredentials agreement(String name) throws IOException {
        return new BcDefaultTlsCredentialedAgreement(crypto, chain(name), key(name));
    }

    static org.bouncycastle.tls.Certificate chain(String name) throws IOException {
        List<TlsCertificate> chain = new ArrayList<>();
        for (byte[] certificate : pem(name + ".chain.pem")) chain.add(crypto.createCertificate(certificate));
        return new org.bouncycastle.tls.Certificate(chain.toArray(new TlsCertificate[0]));
    }

    static AsymmetricKeyParameter key(String name) throws IOException {
        String suffix = name.startsWith("srv-dhx") ? ".pkcs3.key" : ".key"; // it reads no other kind of DH key
        return PrivateKeyFactory.createKey(pem(name + suffix).get(0));
    }

    static List<byte[]> pem(String name) throws IOException {
        List<byte[]> objects = new ArrayList<>();
        try (var reader = new PemReader(new FileReader(options.get("pki") + "/" + name))) {
            for (var object = reader.readPemObject(); object != null; object = reader.readPemObject())
                objects.add(object.getContent());
        }
        return objects;
    }

    static int number(String suite) {
        try {
            return CipherSuite.class.getField(suite).getInt(null);
        } catch (ReflectiveOperationException error) {
            throw new IllegalArgumentException(suite, error);
        }
    }

    static String name(int number) {
        for (var field : CipherSuite.class.getFields())
            try {
                if (field.getInt(null) == number) return field.getName();
            } catch (IllegalAccessException error) {
                throw new IllegalStateException(error);
            }
        return Integer.toString(number);
    }
}
