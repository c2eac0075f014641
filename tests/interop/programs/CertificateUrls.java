// client_certificate_url (RFC 6066, 5) for BouncyExtensions.java. Bouncy Castle reads and writes the extension and the
// body of the CertificateURL message, but its handshake has no place for the message: that place is made here. Its
// package is Bouncy Castle's, for the sake of constructors that are not public.
package org.bouncycastle.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.tls.crypto.TlsCertificate;

public class CertificateUrls {
    /** Sends the URL of its chain in place of the chain, when it has one. */
    public static class Client extends TlsClientProtocol {
        public String url;

        public Client(InputStream input, OutputStream output) { super(input, output); }

        @Override
        protected void sendCertificateMessage(Certificate certificate, OutputStream endPointHash) throws IOException {
            if (url == null || certificate == null || certificate.isEmpty()) {
                super.sendCertificateMessage(certificate, endPointHash);
                return;
            }
            getContext().getSecurityParametersHandshake().localCertificate = certificate;
            var entry = new URLAndHash(url, sha1(path(certificate)));
            var body = new ByteArrayOutputStream();
            new CertificateURL(CertChainType.pkipath, new Vector<>(List.of(entry))).encode(body);
            HandshakeMessageOutput.send(this, HandshakeType.certificate_url, body.toByteArray());
        }
    }

    /** Fetches a client's chain and goes on as if it had been sent. */
    public static class Server extends TlsServerProtocol {
        public Server(InputStream input, OutputStream output) { super(input, output); }

        @Override
        protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
            if (type != HandshakeType.certificate_url) {
                super.handleHandshakeMessage(type, message);
                return;
            }
            var urls = CertificateURL.parse(getContext(), message);
            var chain = new ByteArrayOutputStream();
            fetched(urls).encode(getContext(), chain, new ByteArrayOutputStream());
            byte[] body = chain.toByteArray();
            super.handleHandshakeMessage(HandshakeType.certificate, new HandshakeMessageInput(body, 0, body.length));
        }

        Certificate fetched(CertificateURL urls) throws IOException {
            Vector<TlsCertificate> chain = new Vector<>();
            for (Object one : urls.getURLAndHashList()) {
                var entry = (URLAndHash) one;
                byte[] contents = new URL(entry.getURL()).openStream().readAllBytes();
                if (!Arrays.equals(sha1(contents), entry.getSHA1Hash()))
                    throw new TlsFatalAlert(AlertDescription.bad_certificate_hash_value);
                System.out.println("server fetched type=" + urls.getType() + " " + entry.getURL());
                if (urls.getType() == CertChainType.individual_certs)
                    chain.add(getContext().getCrypto().createCertificate(contents));
                else // a PkiPath ends with the subject's own certificate
                    for (var certificate : ASN1Sequence.getInstance(contents))
                        chain.add(0, getContext().getCrypto().createCertificate(certificate.toASN1Primitive().getEncoded()));
            }
            return new Certificate(chain.toArray(new TlsCertificate[0]));
        }
    }

    static byte[] path(Certificate certificate) throws IOException {
        var items = new org.bouncycastle.asn1.ASN1EncodableVector();
        for (int i = certificate.getLength() - 1; i >= 0; i--)
            items.add(ASN1Sequence.getInstance(certificate.getCertificateAt(i).getEncoded()));
        return new DERSequence(items).getEncoded("DER");
    }

    static byte[] sha1(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(data);
        } catch (NoSuchAlgorithmException error) {
            throw new IllegalStateException(error);
        }
    }
}
