package network.enigma.node.peer;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SigningKey;

/** Who this host is to others: its network and the certificate its operator vouches for. */
public final class PeerIdentity {
  private static final String ALIAS = "host";

  private final Bytes32 networkHash;
  private final Address operator;
  private final OperatorCertificate certificate;

  private final PeerTraffic traffic;
  private final PeerMemory served;
  private final PeerMemory asked;

  private PeerIdentity(
      Bytes32 networkHash,
      Address operator,
      OperatorCertificate certificate,
      PeerTraffic traffic,
      PeerMemory served,
      PeerMemory asked) {
    this.networkHash = networkHash;
    this.operator = operator;
    this.certificate = certificate;
    this.traffic = traffic;
    this.served = served;
    this.asked = asked;
  }

  /** Makes a fresh TLS key and binds it to the operator's account. */
  public static PeerIdentity create(SigningKey operator, Bytes32 networkHash) {
    long heap = Runtime.getRuntime().maxMemory();
    return new PeerIdentity(
        networkHash,
        operator.address(),
        OperatorCertificate.create(operator, networkHash),
        PeerTraffic.UNSEEN,
        PeerMemory.of(heap, PeerMemory.PATIENCE),
        PeerMemory.of(heap, PeerMemory.PATIENCE));
  }

  /** The same, whose messages are shown to somebody on this machine. */
  public PeerIdentity seenBy(PeerTraffic observer) {
    return new PeerIdentity(networkHash, operator, certificate, observer, served, asked);
  }

  /** The same with other room for what others ask. */
  PeerIdentity serving(PeerMemory room) {
    return new PeerIdentity(networkHash, operator, certificate, traffic, room, asked);
  }

  PeerTraffic traffic() {
    return traffic;
  }

  /** For what others ask of this host. */
  PeerMemory served() {
    return served;
  }

  /** For what others answer to this host: no caller takes its room. */
  PeerMemory asked() {
    return asked;
  }

  public Address operator() {
    return operator;
  }

  Bytes32 networkHash() {
    return networkHash;
  }

  KeyManager[] keyManagers() {
    return new KeyManager[] {new SingleKey(certificate)};
  }

  /** The operator at the other end of a connection. */
  Address operatorOf(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return OperatorCertificate.operatorOf((X509Certificate) chain[0], networkHash);
    } catch (SSLPeerUnverifiedException | CertificateException e) {
      throw new EnigmaException(ErrorCode.NOT_PERMITTED, "the peer has no valid certificate");
    }
  }

  /** Shows the one certificate, whoever asks. */
  private static final class SingleKey extends javax.net.ssl.X509ExtendedKeyManager {
    private final OperatorCertificate certificate;

    SingleKey(OperatorCertificate certificate) {
      this.certificate = certificate;
    }

    @Override
    public String[] getClientAliases(String type, java.security.Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(
        String[] type, java.security.Principal[] issuers, java.net.Socket socket) {
      return ALIAS;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] type, java.security.Principal[] issuers, javax.net.ssl.SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public String[] getServerAliases(String type, java.security.Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseServerAlias(
        String type, java.security.Principal[] issuers, java.net.Socket socket) {
      return ALIAS;
    }

    @Override
    public String chooseEngineServerAlias(
        String type, java.security.Principal[] issuers, javax.net.ssl.SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {certificate.certificate()};
    }

    @Override
    public java.security.PrivateKey getPrivateKey(String alias) {
      return certificate.key();
    }
  }
}
