// Static (EC)DH for BouncyCastle.java, as RFC 5246, 7.4.7 has it: the server's key in its certificate, the client's in
// ClientKeyExchange. Bouncy Castle itself knows these suites only with a fixed (EC)DH certificate of the client's too;
// its own code does that case here as well. The arithmetic is all Bouncy Castle's.
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.agreement.DHBasicAgreement;
import org.bouncycastle.crypto.agreement.ECDHBasicAgreement;
import org.bouncycastle.crypto.generators.DHKeyPairGenerator;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.*;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.tls.*;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.util.BigIntegers;

class StaticAgreement extends DefaultTlsKeyExchangeFactory {
    final BouncyCastle.Server server;

    StaticAgreement(BouncyCastle.Server server) { this.server = server; }

    static AsymmetricKeyParameter publicKey(TlsCertificate certificate) throws IOException {
        return PublicKeyFactory.createKey(Certificate.getInstance(certificate.getEncoded()).getSubjectPublicKeyInfo());
    }

    public TlsKeyExchange createDHKeyExchange(int keyExchange) { return new StaticDH(keyExchange); }

    public TlsKeyExchange createECDHKeyExchange(int keyExchange) { return new StaticECDH(keyExchange); }

    class StaticDH extends TlsDHKeyExchange {
        byte[] premaster;

        StaticDH(int keyExchange) { super(keyExchange); }

        public void skipClientCredentials() { }

        // A server that sends no CertificateRequest has to say yes, or Bouncy Castle ends the connection.
        public boolean requiresCertificateVerify() {
            return context.isServer() ? dhPeerCertificate == null : agreementCredentials == null;
        }

        public void generateClientKeyExchange(OutputStream output) throws IOException {
            if (agreementCredentials != null) { super.generateClientKeyExchange(output); return; }
            var theirs = (DHPublicKeyParameters) publicKey(dhPeerCertificate);
            var generator = new DHKeyPairGenerator();
            generator.init(new DHKeyGenerationParameters(new SecureRandom(), theirs.getParameters()));
            var ours = generator.generateKeyPair();
            BigInteger value = ((DHPublicKeyParameters) ours.getPublic()).getY();
            TlsUtils.writeOpaque16(BigIntegers.asUnsignedByteArray(value), output);
            premaster = agree(ours.getPrivate(), theirs);
        }

        public void processClientKeyExchange(InputStream input) throws IOException {
            if (dhPeerCertificate != null) { super.processClientKeyExchange(input); return; }
            var ours = (DHPrivateKeyParameters) server.key();
            BigInteger value = new BigInteger(1, TlsUtils.readOpaque16(input, 1));
            premaster = agree(ours, new DHPublicKeyParameters(value, ours.getParameters()));
        }

        // Leading zeros are stripped (RFC 5246, 8.1.2).
        byte[] agree(CipherParameters ours, DHPublicKeyParameters theirs) {
            var agreement = new DHBasicAgreement();
            agreement.init(ours);
            return BigIntegers.asUnsignedByteArray(agreement.calculateAgreement(theirs));
        }

        public TlsSecret generatePreMasterSecret() throws IOException {
            return premaster == null ? super.generatePreMasterSecret() : context.getCrypto().createSecret(premaster);
        }
    }

    class StaticECDH extends TlsECDHKeyExchange {
        byte[] premaster;

        StaticECDH(int keyExchange) { super(keyExchange); }

        public void skipClientCredentials() { }

        // A server that sends no CertificateRequest has to say yes, or Bouncy Castle ends the connection.
        public boolean requiresCertificateVerify() {
            return context.isServer() ? ecdhPeerCertificate == null : agreementCredentials == null;
        }

        public void generateClientKeyExchange(OutputStream output) throws IOException {
            if (agreementCredentials != null) { super.generateClientKeyExchange(output); return; }
            var theirs = (ECPublicKeyParameters) publicKey(ecdhPeerCertificate);
            var generator = new ECKeyPairGenerator();
            generator.init(new ECKeyGenerationParameters(theirs.getParameters(), new SecureRandom()));
            var ours = generator.generateKeyPair();
            TlsUtils.writeOpaque8(((ECPublicKeyParameters) ours.getPublic()).getQ().getEncoded(false), output);
            premaster = agree(ours.getPrivate(), theirs);
        }

        public void processClientKeyExchange(InputStream input) throws IOException {
            if (ecdhPeerCertificate != null) { super.processClientKeyExchange(input); return; }
            var ours = (ECPrivateKeyParameters) server.key();
            byte[] point = TlsUtils.readOpaque8(input, 1);
            premaster = agree(ours, new ECPublicKeyParameters(ours.getParameters().getCurve().decodePoint(point), ours.getParameters()));
        }

        // The whole x coordinate, zeros included (RFC 8422, 5.10).
        byte[] agree(CipherParameters ours, CipherParameters theirs) {
            var agreement = new ECDHBasicAgreement();
            agreement.init(ours);
            return BigIntegers.asUnsignedByteArray(agreement.getFieldSize(), agreement.calculateAgreement(theirs));
        }

        public TlsSecret generatePreMasterSecret() throws IOException {
            return premaster == null ? super.generatePreMasterSecret() : context.getCrypto().createSecret(premaster);
        }
    }
}
