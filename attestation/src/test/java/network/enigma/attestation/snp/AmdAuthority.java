package network.enigma.attestation.snp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.SevSnpReport;
import network.enigma.protocol.Bytes;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/**
 * Stands in for AMD: a root, issuers and chips of its own, whose certificates and reports are in
 * AMD's form and really signed. Makes what no public sample has: Turin, revocations, and every
 * wrong part.
 */
final class AmdAuthority {
  static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  static final Instant START = NOW.minus(Duration.ofDays(365));
  static final Instant END = NOW.plus(Duration.ofDays(365));

  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);
  private static final KeyPair ROOT_KEY = rsa(4_096);
  private static final KeyPair ISSUER_KEY = rsa(4_096);
  private static final String AMD = "1.3.6.1.4.1.3704.1.";

  /** Everything about one report and its collateral, to be changed by a test before it is made. */
  static final class Setting {
    SnpProduct product = SnpProduct.GENOA;
    EndorsementKind kind = EndorsementKind.VCEK;
    int version = 3;
    int family = 0x19;
    int model = 0x11;
    long policy = 0x30000;
    int signerBits;
    long vmpl;
    long platformInfo = 0x30;
    byte[] chip = filled(64, 7);
    byte[] reported = {5, 1, 0, 0, 0, 0, 20, 80};
    byte[] committed = {5, 1, 0, 0, 0, 0, 20, 80};
    byte[] launch = {5, 1, 0, 0, 0, 0, 20, 80};
    byte[] current = {6, 1, 0, 0, 0, 0, 22, 90};
    Bytes reportData = Bytes.of(filled(64, 9));
    UnaryOperator<byte[]> changeReport = bytes -> bytes;
    String rootName = "";
    String issuerName = "";
    String leafName = "";
    String leafIssuer = "";
    String productName = "Genoa-B1";
    Map<String, byte[]> extensions = new TreeMap<>();
    KeyPair chipKey = ec("secp384r1");
    KeyPair rootSigner = ROOT_KEY;
    KeyPair issuerKey = ISSUER_KEY;
    KeyPair issuerSigner = ROOT_KEY;
    KeyPair leafSigner = ISSUER_KEY;
    KeyPair crlSigner = ROOT_KEY;
    PSSParameterSpec pss = PSS;
    String crlIssuer = "";
    Instant rootStart = START;
    Instant rootEnd = END;
    Instant issuerStart = START;
    Instant issuerEnd = END;
    Instant leafStart = START;
    Instant leafEnd = END;
    Instant crlStart = START;
    Instant crlEnd = NOW.plus(Duration.ofDays(30));
    boolean issuerIsAuthority = true;
    int issuerUsage = KeyUsage.keyCertSign;
    int rootUsage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
    BigInteger revoked = BigInteger.ZERO;
    boolean withCrl = true;
    boolean unknownCriticalCrlExtension;
    private Optional<Collateral.Amd> made = Optional.empty();

    /** Turin with its five components and short hardware id. */
    Setting turin() {
      product = SnpProduct.TURIN;
      productName = "Turin-C1";
      version = 5;
      family = 0x1a;
      model = 0x02;
      reported = new byte[] {2, 3, 1, 4, 0, 0, 0, 70};
      committed = reported.clone();
      launch = reported.clone();
      current = reported.clone();
      chip = new byte[64];
      System.arraycopy(filled(8, 5), 0, chip, 0, 8);
      return this;
    }

    Setting with(Consumer<Setting> change) {
      change.accept(this);
      return this;
    }
  }

  private AmdAuthority() {}

  /** A verifier that trusts the root of this setting for its product line. */
  static SnpVerifier verifier(Setting setting) {
    return SnpVerifier.trusting(
        new SnpRoots(Map.of(setting.product, Certificates.sha256(collateral(setting).root()))));
  }

  /** Made once for a setting, since a PSS signature is another one each time. */
  static Collateral.Amd collateral(Setting setting) {
    if (setting.made.isEmpty()) {
      setting.made = Optional.of(make(setting));
    }
    return setting.made.get();
  }

  private static Collateral.Amd make(Setting setting) {
    String root = or(setting.rootName, "ARK-" + setting.product.line());
    String issuer = or(setting.issuerName, setting.kind.issuerName(setting.product));
    String leaf = or(setting.leafName, setting.kind.commonName());
    try {
      return new Collateral.Amd(
          leaf(setting, leaf, or(setting.leafIssuer, issuer)),
          Bytes.of(
              certificate(
                      issuer,
                      root,
                      BigInteger.TWO,
                      setting.issuerStart,
                      setting.issuerEnd,
                      setting.issuerKey.getPublic())
                  .addExtension(
                      Extension.basicConstraints,
                      true,
                      new BasicConstraints(setting.issuerIsAuthority))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(setting.issuerUsage))
                  .build(signer(setting.issuerSigner, PSS))
                  .getEncoded()),
          Bytes.of(
              certificate(
                      root,
                      root,
                      BigInteger.ONE,
                      setting.rootStart,
                      setting.rootEnd,
                      ROOT_KEY.getPublic())
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(setting.rootUsage))
                  .build(signer(setting.rootSigner, PSS))
                  .getEncoded()),
          setting.withCrl ? crl(setting, or(setting.crlIssuer, root)) : Bytes.empty());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bytes leaf(Setting setting, String name, String issuer) throws IOException {
    Map<String, byte[]> extensions = new TreeMap<>();
    extensions.put("1", der(new ASN1Integer(0)));
    extensions.put("2", der(new DERIA5String(setting.productName)));
    TcbVersion tcb = TcbVersion.parse(Bytes.of(setting.reported), setting.product);
    extensions.put("3.1", der(new ASN1Integer(tcb.bootloader())));
    extensions.put("3.2", der(new ASN1Integer(tcb.tee())));
    extensions.put("3.3", der(new ASN1Integer(tcb.snp())));
    for (int reserved = 4; reserved <= 7; reserved++) {
      extensions.put("3." + reserved, der(new ASN1Integer(0)));
    }
    extensions.put("3.8", der(new ASN1Integer(tcb.microcode())));
    if (setting.product == SnpProduct.TURIN) {
      extensions.put("3.9", der(new ASN1Integer(tcb.fmc())));
    }
    if (setting.kind == EndorsementKind.VCEK) {
      extensions.put(
          "4",
          setting.product == SnpProduct.TURIN
              ? Bytes.of(setting.chip).slice(0, 8).toByteArray()
              : setting.chip);
    } else {
      extensions.put("5", der(new DERIA5String("CN=cloud.example")));
    }
    extensions.putAll(setting.extensions);
    X509v3CertificateBuilder builder =
        certificate(
            name,
            issuer,
            BigInteger.ZERO,
            setting.leafStart,
            setting.leafEnd,
            setting.chipKey.getPublic());
    for (Map.Entry<String, byte[]> extension : extensions.entrySet()) {
      if (extension.getValue().length > 0) {
        builder.addExtension(
            new ASN1ObjectIdentifier(AMD + extension.getKey()), false, extension.getValue());
      }
    }
    return Bytes.of(builder.build(signer(setting.leafSigner, setting.pss)).getEncoded());
  }

  private static Bytes crl(Setting setting, String issuer) throws IOException {
    X509v2CRLBuilder builder = new X509v2CRLBuilder(name(issuer), Date.from(setting.crlStart));
    builder.setNextUpdate(Date.from(setting.crlEnd));
    if (setting.revoked.signum() > 0) {
      builder.addCRLEntry(setting.revoked, Date.from(setting.crlStart), 1);
    }
    if (setting.unknownCriticalCrlExtension) {
      builder.addExtension(
          new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, new ASN1Integer(1));
    }
    return Bytes.of(builder.build(signer(setting.crlSigner, PSS)).getEncoded());
  }

  /** The report of the setting, signed by the chip's key. */
  static Bytes report(Setting setting) {
    ByteBuffer report = ByteBuffer.allocate(SevSnpReport.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    report.putInt(0x00, setting.version);
    report.putInt(0x04, 3);
    report.putLong(0x08, setting.policy);
    report.putInt(0x30, (int) setting.vmpl);
    report.putInt(0x34, 1);
    report.put(0x38, setting.current);
    report.putLong(0x40, setting.platformInfo);
    report.putInt(0x48, setting.signerBits | setting.kind.ordinal() << 2);
    report.put(0x50, setting.reportData.toByteArray());
    report.put(0x90, filled(48, 11));
    report.put(0xc0, filled(32, 12));
    report.put(0x160, filled(32, 0xff));
    report.put(0x180, setting.reported);
    if (setting.version >= 3) {
      report
          .put(0x188, (byte) setting.family)
          .put(0x189, (byte) setting.model)
          .put(0x18a, (byte) 1);
    }
    report.put(0x1a0, setting.chip);
    report.put(0x1e0, setting.committed);
    report.put(0x1e8, new byte[] {7, 55, 1, 0, 6, 54, 1});
    report.put(0x1f0, setting.launch);
    if (setting.version >= 5) {
      report.putLong(0x1f8, 3).putLong(0x200, 7);
    }
    byte[] bytes = report.array();
    byte[] signature = sign(setting.chipKey, bytes);
    for (int i = 0; i < 48; i++) {
      bytes[SevSnpReport.SIGNED_LENGTH + i] = signature[47 - i];
      bytes[SevSnpReport.SIGNED_LENGTH + 72 + i] = signature[95 - i];
    }
    return Bytes.of(setting.changeReport.apply(bytes));
  }

  private static byte[] sign(KeyPair key, byte[] report) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(key.getPrivate());
      signature.update(report, 0, SevSnpReport.SIGNED_LENGTH);
      byte[] made = signature.sign();
      byte[] fixed = new byte[96];
      int half = made.length / 2;
      System.arraycopy(made, 0, fixed, 48 - Math.min(half, 48), Math.min(half, 48));
      System.arraycopy(made, half, fixed, 96 - Math.min(half, 48), Math.min(half, 48));
      return fixed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509v3CertificateBuilder certificate(
      String subject, String issuer, BigInteger serial, Instant start, Instant end, PublicKey key) {
    return new X509v3CertificateBuilder(
        name(issuer),
        serial,
        Date.from(start),
        Date.from(end),
        name(subject),
        SubjectPublicKeyInfo.getInstance(key.getEncoded()));
  }

  private static X500Name name(String common) {
    return new X500Name("OU=Engineering,C=US,O=Advanced Micro Devices,CN=" + common);
  }

  private static ContentSigner signer(KeyPair key, PSSParameterSpec pss) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(pss);
      AlgorithmIdentifier algorithm =
          new AlgorithmIdentifier(
              PKCSObjectIdentifiers.id_RSASSA_PSS,
              ASN1Primitive.fromByteArray(parameters.getEncoded()));
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      return new ContentSigner() {
        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
          return algorithm;
        }

        @Override
        public OutputStream getOutputStream() {
          return content;
        }

        @Override
        public byte[] getSignature() {
          return signPss(key, pss, content.toByteArray());
        }
      };
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] signPss(KeyPair key, PSSParameterSpec pss, byte[] content) {
    try {
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(pss);
      signature.initSign(key.getPrivate());
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] der(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static String or(String chosen, String standard) {
    return chosen.isEmpty() ? standard : chosen;
  }
}
