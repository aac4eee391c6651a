package network.enigma.node.peer;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/** Trusts certificates that a wanted operator vouches for. Host names play no part. */
final class PeerTrust extends X509ExtendedTrustManager {
  private final Bytes32 networkHash;
  private final Predicate<Address> wanted;

  PeerTrust(Bytes32 networkHash, Predicate<Address> wanted) {
    this.networkHash = networkHash;
    this.wanted = wanted;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length != 1) {
      throw new CertificateException("a peer shows exactly one certificate");
    }
    Address operator = OperatorCertificate.operatorOf(chain[0], networkHash);
    if (!wanted.test(operator)) {
      throw new CertificateException("operator " + operator + " is not registered");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
