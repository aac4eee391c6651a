package network.enigma.attestation.simulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveReport;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.QuoteSignature;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.TrustDomainReport;
import network.enigma.attestation.dcap.Simulation;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;

/**
 * A machine that does not exist: makes quotes of the structure of real ones, with the certificates
 * and collateral to judge them by. Whatever can be wrong with a machine can be asked of its
 * builder.
 */
public final class SimulatedMachine {
  /** FMSPC of simulated machines: the text SIM, then zeros. */
  public static final Bytes FMSPC = Bytes.fromHex("53494d000000");

  private static final SimulatedKey ROOT_KEY =
      SimulatedKey.of(
          Bytes32.of(sha256(Bytes.ofText(Simulation.ROOT_NAME)).toByteArray()),
          Simulation.ROOT_KEY);
  private static final SimulatedKey AUTHORITY_KEY = SimulatedKey.generate();
  private static final SimulatedKey SIGNER_KEY = SimulatedKey.generate();
  private static final SimulatedKey PCK_KEY = SimulatedKey.generate();
  private static final Issuer ROOT = new Issuer(Simulation.ROOT_NAME, ROOT_KEY);
  private static final Issuer AUTHORITY = new Issuer(Simulation.PCK_AUTHORITY_NAME, AUTHORITY_KEY);

  private static final Map<SimulatedPart, Long> SERIALS =
      Map.of(
          SimulatedPart.ROOT, 1L,
          SimulatedPart.PCK_AUTHORITY, 2L,
          SimulatedPart.SIGNER, 3L,
          SimulatedPart.PCK, 4L);

  private static final Bytes QUOTER_SIGNER = Keccak.hashText("Enigma SIMULATION quoting").bytes();
  private static final Bytes QUOTER_ATTRIBUTES = Bytes.fromHex("15000000000000000700000000000000");
  private static final int QUOTER_PRODUCT = 1;
  private static final int QUOTER_VERSION = 2;
  private static final int VERSION = 5;
  private static final String TCB_DATE = "2026-01-01T00:00:00Z";
  private static final String SGX_EXTENSION = "1.2.840.113741.1.13.1";

  private final Builder settings;
  private final Bytes pckChain;
  private final Collateral.Intel collateral;

  private SimulatedMachine(Builder settings) {
    this.settings = settings;
    Bytes root =
        ROOT.certifyAuthority(
            1, Simulation.ROOT_NAME, ROOT_KEY, 1, settings.validity(SimulatedPart.ROOT));
    Bytes authority =
        ROOT.certifyAuthority(
            2,
            Simulation.PCK_AUTHORITY_NAME,
            AUTHORITY_KEY,
            0,
            settings.validity(SimulatedPart.PCK_AUTHORITY));
    Bytes signer =
        ROOT.certifyLeaf(
            3, Simulation.SIGNER_NAME, SIGNER_KEY, settings.validity(SimulatedPart.SIGNER));
    Bytes pck =
        AUTHORITY.certifyLeaf(
            4,
            Simulation.PCK_NAME,
            PCK_KEY,
            settings.validity(SimulatedPart.PCK),
            Issuer.extension(SGX_EXTENSION, false, sgxExtension()),
            Issuer.extension(
                Simulation.CRITICAL_EXTENSION, true, DerWriter.text(Simulation.PCK_NAME)));
    this.pckChain = Issuer.pem(pck, authority, root);
    Bytes signerChain = Issuer.pem(signer, root);
    Bytes rootCrl = revocations(ROOT, SimulatedPart.ROOT_CRL);
    Bytes pckCrl = revocations(AUTHORITY, SimulatedPart.PCK_CRL);
    Bytes tcbInfo = Bytes.ofText(tcbInfo());
    Bytes identity = Bytes.ofText(quoterIdentity());
    this.collateral =
        new Collateral.Intel(
            tcbInfo,
            SIGNER_KEY.sign(tcbInfo),
            signerChain,
            identity,
            SIGNER_KEY.sign(identity),
            signerChain,
            settings.swappedCrls ? pckCrl : rootCrl,
            settings.swappedCrls ? rootCrl : pckCrl,
            Bytes.empty());
  }

  /** A machine with nothing wrong, but that it does not exist. */
  public static Builder builder(Validity validity) {
    return new Builder(validity);
  }

  /** What the authority has signed about the machine. */
  public Collateral.Intel collateral() {
    return collateral;
  }

  /** The certificates of the machine, its authority and the root, PEM. */
  public Bytes pckChain() {
    return pckChain;
  }

  /** A quote with the collateral to judge it by. */
  public EvidenceBundle bundle(Bytes32 program, Bytes reportData) {
    return new EvidenceBundle(quote(program, reportData), collateral);
  }

  /**
   * A quote that the program runs here.
   *
   * @param program MRENCLAVE; of a trust domain the first 32 bytes of MRTD
   * @param reportData 64 bytes
   */
  public Bytes quote(Bytes32 program, Bytes reportData) {
    SimulatedKey attestationKey = SimulatedKey.generate();
    Bytes authentication = Bytes.of(new byte[32]);
    Bytes named = sha256(Bytes.concat(attestationKey.point(), authentication));
    Bytes quoter =
        enclaveReport(
            Keccak.hashText("Enigma SIMULATION quoting enclave").bytes(),
            settings.quoterSigner,
            QUOTER_ATTRIBUTES,
            QUOTER_PRODUCT,
            settings.quoterVersion,
            Bytes.concat(named, settings.quoterTail));
    Bytes certification =
        Bytes.concat(
            quoter,
            PCK_KEY.sign(quoter),
            uint16(authentication.length()),
            authentication,
            uint16(settings.certificationType),
            uint32(pckChain.length()),
            pckChain);
    Bytes signed = Bytes.concat(header(), body(program, reportData));
    boolean first = settings.kind == Kind.SGX_3;
    Bytes signature =
        Bytes.concat(
            attestationKey.sign(signed),
            attestationKey.point(),
            first
                ? certification
                : Bytes.concat(uint16(6), uint32(certification.length()), certification));
    return Bytes.concat(signed, uint32(signature.length()), signature);
  }

  private Bytes header() {
    boolean first = settings.kind == Kind.SGX_3;
    int version =
        switch (settings.kind) {
          case SGX_3 -> 3;
          case TDX_4 -> 4;
          case TDX_5 -> 5;
        };
    return Bytes.concat(
        uint16(version),
        uint16(2),
        uint32(first ? 0 : 0x81),
        uint16(first ? settings.quoterVersion : 0),
        uint16(first ? VERSION : 0),
        settings.vendorId,
        Bytes.of(new byte[20]));
  }

  private Bytes body(Bytes32 program, Bytes reportData) {
    return switch (settings.kind) {
      case SGX_3 ->
          enclaveReport(
              program.bytes(),
              Keccak.hashText("Enigma SIMULATION").bytes(),
              Bytes.fromHex((settings.debug ? "07" : "05") + "000000000000000700000000000000"),
              0,
              settings.programVersion,
              reportData);
      case TDX_4 -> domainReport(TrustDomainReport.LENGTH_1_0, program, reportData);
      case TDX_5 ->
          Bytes.concat(
              uint16(3),
              uint32(TrustDomainReport.LENGTH_1_5),
              domainReport(TrustDomainReport.LENGTH_1_5, program, reportData));
    };
  }

  private static Bytes enclaveReport(
      Bytes measurement,
      Bytes signer,
      Bytes attributes,
      int product,
      int version,
      Bytes reportData) {
    ByteBuffer report = buffer(EnclaveReport.LENGTH);
    put(report, 0, components(VERSION));
    put(report, 48, attributes);
    put(report, 64, measurement);
    put(report, 128, signer);
    report.putShort(256, (short) product);
    report.putShort(258, (short) version);
    put(report, 320, reportData);
    return Bytes.of(report.array());
  }

  private Bytes domainReport(int length, Bytes32 program, Bytes reportData) {
    ByteBuffer report = buffer(length);
    put(report, 0, moduleVersions(settings.moduleVersion));
    // SEPT_VE_DISABLE is set, as Linux wants it.
    put(report, 120, Bytes.fromHex(settings.debug ? "0100001000000000" : "0000001000000000"));
    put(report, 136, program.bytes());
    put(report, 520, reportData);
    if (length == TrustDomainReport.LENGTH_1_5) {
      put(report, 584, moduleVersions(settings.moduleVersionNow));
      put(report, 600, settings.serviceDomain);
    }
    return Bytes.of(report.array());
  }

  private Bytes moduleVersions(int version) {
    byte[] versions = components(VERSION).toByteArray();
    versions[0] = (byte) version;
    versions[1] = (byte) settings.moduleMajor;
    return Bytes.of(versions);
  }

  private Bytes sgxExtension() {
    Bytes[] tcb = new Bytes[18];
    for (int i = 0; i < 16; i++) {
      tcb[i] = field("2." + (i + 1), DerWriter.integer(settings.machineVersion));
    }
    tcb[16] = field("2.17", DerWriter.integer(settings.machineVersion));
    tcb[17] = field("2.18", DerWriter.octets(components(settings.machineVersion)));
    return DerWriter.sequence(
        field("1", DerWriter.octets(settings.identifier)),
        field("2", DerWriter.sequence(tcb)),
        field("3", DerWriter.octets(Bytes.of(new byte[2]))),
        field("4", DerWriter.octets(FMSPC)),
        field("5", DerWriter.enumerated(0)));
  }

  private static Bytes field(String number, Bytes value) {
    return DerWriter.sequence(DerWriter.identifier(SGX_EXTENSION + "." + number), value);
  }

  private Bytes revocations(Issuer issuer, SimulatedPart list) {
    List<Long> serials = new ArrayList<>();
    for (SimulatedPart part : settings.revoked) {
      boolean fromAuthority = part == SimulatedPart.PCK;
      if (fromAuthority == (list == SimulatedPart.PCK_CRL)) {
        serials.add(SERIALS.getOrDefault(part, 0L));
      }
    }
    return issuer.revoke(serials, settings.validity(list));
  }

  private String tcbInfo() {
    boolean domain = settings.kind != Kind.SGX_3;
    Validity validity = settings.validity(SimulatedPart.TCB_INFO);
    return "{\"id\":\""
        + (domain ? "TDX" : "SGX")
        + "\",\"version\":3,\"issueDate\":\""
        + validity.from()
        + "\",\"nextUpdate\":\""
        + validity.until()
        + "\",\"fmspc\":\""
        + plain(settings.ratedFmspc)
        + "\",\"pceId\":\""
        + plain(settings.ratedPceId)
        + "\",\"tcbType\":0,\"tcbEvaluationDataNumber\":"
        + settings.tcbNumber
        + (domain ? modules() : "")
        + ",\"tcbLevels\":[{\"tcb\":{\"sgxtcbcomponents\":"
        + listed()
        + ",\"pcesvn\":"
        + VERSION
        + (domain ? ",\"tdxtcbcomponents\":" + listed() : "")
        + "},"
        + rating(settings.platformStatus, settings.advisories)
        + "}]}";
  }

  private String modules() {
    String module =
        "\"mrsigner\":\""
            + "0".repeat(96)
            + "\",\"attributes\":\"0000000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\"";
    return ",\"tdxModule\":{"
        + module
        + "},\"tdxModuleIdentities\":[{\"id\":\"TDX_01\","
        + module
        + ",\"tcbLevels\":[{\"tcb\":{\"isvsvn\":5},"
        + rating(TcbStatus.UP_TO_DATE.label(), List.of())
        + "},{\"tcb\":{\"isvsvn\":4},"
        + rating(settings.oldModuleStatus, List.of())
        + "}]}]";
  }

  private static String listed() {
    return IntStream.range(0, 16)
        .mapToObj(i -> "{\"svn\":" + VERSION + "}")
        .collect(Collectors.joining(",", "[", "]"));
  }

  private String quoterIdentity() {
    Validity validity = settings.validity(SimulatedPart.QE_IDENTITY);
    return "{\"id\":\""
        + (settings.kind == Kind.SGX_3 ? "QE" : "TD_QE")
        + "\",\"version\":2,\"issueDate\":\""
        + validity.from()
        + "\",\"nextUpdate\":\""
        + validity.until()
        + "\",\"tcbEvaluationDataNumber\":"
        + settings.tcbNumber
        + ",\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\",\"attributes\":\""
        + plain(QUOTER_ATTRIBUTES)
        + "\",\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\",\"mrsigner\":\""
        + plain(QUOTER_SIGNER)
        + "\",\"isvprodid\":"
        + QUOTER_PRODUCT
        + ",\"tcbLevels\":[{\"tcb\":{\"isvsvn\":"
        + QUOTER_VERSION
        + "},"
        + rating(settings.quoterStatus, List.of())
        + "}]}";
  }

  private static String rating(String status, List<String> advisories) {
    return "\"tcbDate\":\""
        + TCB_DATE
        + "\",\"tcbStatus\":\""
        + status
        + "\",\"advisoryIDs\":"
        + advisories.stream()
            .map(advisory -> "\"" + advisory + "\"")
            .collect(Collectors.joining(",", "[", "]"));
  }

  private static String plain(Bytes bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static Bytes components(int version) {
    byte[] components = new byte[16];
    Arrays.fill(components, (byte) version);
    return Bytes.of(components);
  }

  private static ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer buffer, int offset, Bytes bytes) {
    buffer.put(offset, bytes.toByteArray());
  }

  private static Bytes uint16(int number) {
    return Bytes.of(buffer(2).putShort((short) number).array());
  }

  private static Bytes uint32(int number) {
    return Bytes.of(buffer(4).putInt(number).array());
  }

  private static Bytes sha256(Bytes bytes) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK knows SHA-256", e);
    }
  }

  /** The form of a quote. */
  public enum Kind {
    SGX_3,
    TDX_4,
    TDX_5
  }

  /** Says what is wrong with a machine; nothing is, unless said. */
  public static final class Builder {
    private final Validity usual;
    private final Map<SimulatedPart, Validity> validities = new EnumMap<>(SimulatedPart.class);
    private final Set<SimulatedPart> revoked = EnumSet.noneOf(SimulatedPart.class);
    private Kind kind = Kind.SGX_3;
    private Bytes identifier = Keccak.hashText("Enigma SIMULATION platform").bytes().slice(0, 16);
    private Bytes vendorId = Simulation.VENDOR_ID;
    private Bytes ratedFmspc = FMSPC;
    private Bytes ratedPceId = Bytes.of(new byte[2]);
    private Bytes quoterSigner = QUOTER_SIGNER;
    private Bytes quoterTail = Bytes.of(new byte[32]);
    private Bytes serviceDomain = Bytes.of(new byte[48]);
    private List<String> advisories = List.of();
    private String platformStatus = TcbStatus.UP_TO_DATE.label();
    private String quoterStatus = TcbStatus.UP_TO_DATE.label();
    private String oldModuleStatus = TcbStatus.OUT_OF_DATE.label();
    private int certificationType = QuoteSignature.PCK_CHAIN;
    private int machineVersion = VERSION;
    private int quoterVersion = QUOTER_VERSION;
    private int programVersion = 1;
    private int moduleMajor = 1;
    private int moduleVersion = VERSION;
    private int moduleVersionNow = VERSION;
    private long tcbNumber = 1;
    private boolean swappedCrls;
    private boolean debug = true;

    private Builder(Validity usual) {
      this.usual = usual;
    }

    public SimulatedMachine build() {
      return new SimulatedMachine(copy());
    }

    private Builder copy() {
      Builder copy = new Builder(usual);
      copy.validities.putAll(validities);
      copy.revoked.addAll(revoked);
      copy.kind = kind;
      copy.identifier = identifier;
      copy.vendorId = vendorId;
      copy.ratedFmspc = ratedFmspc;
      copy.ratedPceId = ratedPceId;
      copy.quoterSigner = quoterSigner;
      copy.quoterTail = quoterTail;
      copy.serviceDomain = serviceDomain;
      copy.advisories = advisories;
      copy.platformStatus = platformStatus;
      copy.quoterStatus = quoterStatus;
      copy.oldModuleStatus = oldModuleStatus;
      copy.certificationType = certificationType;
      copy.machineVersion = machineVersion;
      copy.quoterVersion = quoterVersion;
      copy.programVersion = programVersion;
      copy.moduleMajor = moduleMajor;
      copy.moduleVersion = moduleVersion;
      copy.moduleVersionNow = moduleVersionNow;
      copy.tcbNumber = tcbNumber;
      copy.swappedCrls = swappedCrls;
      copy.debug = debug;
      return copy;
    }

    private Validity validity(SimulatedPart part) {
      return validities.getOrDefault(part, usual);
    }

    /** Another form of quote. */
    public Builder kind(Kind form) {
      this.kind = form;
      return this;
    }

    /** Another machine: 16 bytes that identify it. */
    public Builder identifier(Bytes ppid) {
      this.identifier = ppid;
      return this;
    }

    /** One part is valid at another time. */
    public Builder validity(SimulatedPart part, Validity validity) {
      validities.put(part, validity);
      return this;
    }

    /** Certificates that have been revoked. */
    public Builder revoked(SimulatedPart... parts) {
      Collections.addAll(revoked, parts);
      return this;
    }

    /** Each revocation list is where the other belongs. */
    public Builder swappedCrls() {
      this.swappedCrls = true;
      return this;
    }

    /** The vendor's word on processor and firmware. */
    public Builder platformStatus(String label, String... applying) {
      this.platformStatus = label;
      this.advisories = List.of(applying);
      return this;
    }

    /** The vendor's word on the quoting enclave. */
    public Builder quoterStatus(String label) {
      this.quoterStatus = label;
      return this;
    }

    /**
     * The trust domain was started under a module of an older version.
     *
     * @param label the vendor's word on it
     * @param now the version that runs now; 5 is the newest
     */
    public Builder oldModule(String label, int now) {
      this.oldModuleStatus = label;
      this.moduleVersion = VERSION - 1;
      this.moduleVersionNow = now;
      return this;
    }

    /** A TDX module of another major version or version. */
    public Builder module(int major, int version) {
      this.moduleMajor = major;
      this.moduleVersion = version;
      return this;
    }

    /** The ratings are about another kind of platform. */
    public Builder ratedPlatform(Bytes fmspc, Bytes pceId) {
      this.ratedFmspc = fmspc;
      this.ratedPceId = pceId;
      return this;
    }

    /** Another vendor's quoting enclave, 16 bytes. */
    public Builder vendorId(Bytes vendor) {
      this.vendorId = vendor;
      return this;
    }

    /** The quoting enclave was signed by somebody else, 32 bytes. */
    public Builder quoterSigner(Bytes signer) {
      this.quoterSigner = signer;
      return this;
    }

    /** Security version of the quoting enclave; 2 is rated. */
    public Builder quoterVersion(int version) {
      this.quoterVersion = version;
      return this;
    }

    /** What follows the hash of the attestation key where zeros belong, 32 bytes. */
    public Builder quoterTail(Bytes tail) {
      this.quoterTail = tail;
      return this;
    }

    /** Security version of each component of the machine; 5 is rated. */
    public Builder machineVersion(int version) {
      this.machineVersion = version;
      return this;
    }

    /** The program's own security version. */
    public Builder programVersion(int version) {
      this.programVersion = version;
      return this;
    }

    /** MRSERVICETD, 48 bytes. */
    public Builder serviceDomain(Bytes domain) {
      this.serviceDomain = domain;
      return this;
    }

    /** Type of certification data. */
    public Builder certificationType(int type) {
      this.certificationType = type;
      return this;
    }

    /** Number of the round of ratings. */
    public Builder tcbNumber(long number) {
      this.tcbNumber = number;
      return this;
    }

    /** Without the debug bit that simulated programs have: to try that others refuse them too. */
    public Builder withoutDebug() {
      this.debug = false;
      return this;
    }
  }

  /** A validity around a moment: a month before to two months after. */
  public static Validity around(Instant time) {
    return new Validity(time.minusSeconds(30L * 86_400), time.plusSeconds(60L * 86_400));
  }
}
