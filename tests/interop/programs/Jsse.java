// A TLS 1.2 client and server over the JDK's own JSSE, for tests.
//
//   javac -d FOLDER Jsse.java
//   java -cp FOLDER Jsse c|s PORT [suites=A,B] [p12=F,G] [trust=PEM] [each=COUNT] [reneg=1|need] [ticket=0|1]
//                           [staple=1|URL]
//
// A client makes COUNT connections for each suite, one after the other, offering only that suite; all share one
// session cache. reneg=1: another handshake after the first; a server with reneg=need asks for a certificate in it.
// staple= makes a client ask for OCSP responses and verify with them, and a server get them from the responder at URL.
// Both ends print one line about every handshake. Only 127.0.0.1 is used. Needs Java 17.
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

public class Jsse {
    static final char[] PASSWORD = "changeit".toCharArray();
    static final int MILLISECONDS = 10_000;
    static final Map<String, String> options = new HashMap<>();

    public static void main(String[] words) throws Exception {
        for (int i = 2; i < words.length; i++) {
            int sign = words[i].indexOf('=');
            options.put(words[i].substring(0, sign), words[i].substring(sign + 1));
        }
        // What JSSE has but does not speak by default: static ECDH, anonymous, NULL, 3DES, RC4.
        for (String list : List.of("jdk.tls.disabledAlgorithms", "jdk.certpath.disabledAlgorithms", "jdk.tls.legacyAlgorithms"))
            Security.setProperty(list, "");
        for (String side : List.of("server", "client"))
            if (options.containsKey("ticket"))
                System.setProperty("jdk.tls." + side + ".enableSessionTicketExtension", "" + options.get("ticket").equals("1"));
        if (options.containsKey("staple")) stapling(options.get("staple"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(), trusted(), null);
        int port = Integer.parseInt(words[1]);
        if (words[0].equals("c")) client(context, port);
        else server(context, port);
    }

    static void stapling(String responder) {
        System.setProperty("com.sun.net.ssl.checkRevocation", "" + responder.equals("1"));
        System.setProperty("jdk.tls.server.enableStatusRequestExtension", "true");
        System.setProperty("jdk.tls.stapling.responderURI", responder);
        System.setProperty("jdk.tls.stapling.responderOverride", "true");
    }

    static void client(SSLContext context, int port) throws IOException {
        int each = Integer.parseInt(options.getOrDefault("each", "1"));
        for (String suite : options.get("suites").split(","))
            for (int i = 0; i < each; i++)
                try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
                    ask(socket, suite);
                } catch (IOException error) {
                    System.out.println("client FAIL " + suite + " " + error);
                }
    }

    static void ask(SSLSocket socket, String suite) throws IOException {
        long before = System.currentTimeMillis();
        prepare(socket, suite);
        socket.startHandshake();
        System.out.println("client OK " + describe(socket.getSession(), before));
        if (options.containsKey("reneg")) {
            socket.addHandshakeCompletedListener(event -> System.out.println("client again " + event.getCipherSuite()));
            socket.startHandshake();
        }
        socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
        byte[] answer = new byte[20_000];
        int count = socket.getInputStream().read(answer);
        System.out.println("client read " + new String(answer, 0, Math.max(count, 0)).replaceAll("[\r\n]+", "|"));
    }

    static void server(SSLContext context, int port) throws Exception {
        var listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
        while (true)
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                answer(socket);
            } catch (IOException error) {
                System.out.println("server FAIL " + error);
            }
    }

    static void answer(SSLSocket socket) throws IOException {
        long before = System.currentTimeMillis();
        prepare(socket, null);
        socket.startHandshake();
        String line = "server OK " + describe(socket.getSession(), before);
        System.out.println(line);
        byte[] request = new byte[20_000];
        int count = socket.getInputStream().read(request);
        if (options.containsKey("reneg")) again(socket);
        String said = new String(request, 0, Math.max(count, 0));
        socket.getOutputStream().write(("HTTP/1.0 200 OK\r\n\r\n" + line + "\r\n" + said).getBytes());
    }

    // startHandshake() only sends HelloRequest; the read that follows does the handshake.
    static void again(SSLSocket socket) throws IOException {
        if (options.get("reneg").equals("need")) socket.setNeedClientAuth(true);
        socket.getSession().invalidate();
        socket.addHandshakeCompletedListener(
            event -> System.out.println("server again " + event.getCipherSuite() + " peer=" + peer(event.getSession())));
        socket.startHandshake();
        socket.setSoTimeout(600);
        try {
            socket.getInputStream().read(new byte[1]);
        } catch (SocketTimeoutException expected) {
            socket.setSoTimeout(MILLISECONDS);
        }
    }

    static void prepare(SSLSocket socket, String suite) throws IOException {
        socket.setSoTimeout(MILLISECONDS);
        socket.setTcpNoDelay(true);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        if (suite != null) socket.setEnabledCipherSuites(new String[] {suite});
        else if (options.containsKey("suites")) socket.setEnabledCipherSuites(options.get("suites").split(","));
    }

    // A session that is older than the connection was resumed.
    static String describe(SSLSession session, long before) {
        boolean resumed = session.getCreationTime() < before;
        return session.getCipherSuite() + " resumed=" + resumed + " peer=" + peer(session) + staples(session);
    }

    static String staples(SSLSession session) {
        if (!options.getOrDefault("staple", "").equals("1")) return "";
        return " staples=" + ((ExtendedSSLSession) session).getStatusResponses().size();
    }

    static String peer(SSLSession session) {
        try {
            return ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().toString().replace(" ", "");
        } catch (SSLPeerUnverifiedException none) {
            return "none";
        }
    }

    static KeyManager[] keys() throws Exception {
        if (!options.containsKey("p12")) return null;
        List<KeyStore.Builder> stores = new ArrayList<>();
        for (String name : options.get("p12").split(",")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new FileInputStream(name), PASSWORD);
            stores.add(KeyStore.Builder.newInstance(store, new KeyStore.PasswordProtection(PASSWORD)));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(new KeyStoreBuilderParameters(stores));
        return factory.getKeyManagers();
    }

    static TrustManager[] trusted() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int count = 0;
        for (var authority : CertificateFactory.getInstance("X.509").generateCertificates(new FileInputStream(options.get("trust"))))
            store.setCertificateEntry("authority" + count++, authority);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }
}
