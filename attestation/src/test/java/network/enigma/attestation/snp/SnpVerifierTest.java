package network.enigma.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Facts;
import network.enigma.attestation.Policy;
import network.enigma.attestation.Reason;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.Trait;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.snp.AmdAuthority.Setting;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Preimage;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What no public sample covers, made by an authority of our own and judged by the real verifier.
 */
class SnpVerifierTest {
  private static final Bytes REPORT = AmdAuthority.report(new Setting());

  private static Verdict verify(Setting setting) {
    return AmdAuthority.verifier(setting)
        .verify(
            AmdAuthority.report(setting),
            AmdAuthority.collateral(setting),
            setting.reportData,
            AmdAuthority.NOW);
  }

  private static Facts facts(Setting setting) {
    Verdict verdict = verify(setting);
    assertThat(verdict).isInstanceOf(Verdict.Hardware.class);
    return ((Verdict.Hardware) verdict).facts();
  }

  private static void assertRefused(Verdict verdict, Reason.Code code) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused ->
                assertThat(refused.reasons()).extracting(Reason::code).containsExactly(code));
  }

  private static Bytes32 hashOf(Bytes machine) {
    return Preimage.hash("AMD_PLATFORM", "bytes", machine);
  }

  private static Setting vlek() {
    return new Setting()
        .with(s -> {
          s.kind = EndorsementKind.VLEK;
          s.chip = new byte[64];
        });
  }

  @Test
  void safeMachinesAreAccepted() {
    for (Setting setting : List.of(new Setting(), new Setting().turin())) {
      assertThat(Policy.hardware().judge(verify(setting))).isInstanceOf(Decision.Accepted.class);
    }
  }

  @Test
  void machinesWhoseKeysCanBeExtractedAreProvenAndNotAccepted() {
    Setting milan = new Setting();
    milan.product = SnpProduct.MILAN;
    milan.productName = "Milan-B0";
    milan.version = 2;

    Verdict verdict = verify(milan);

    assertThat(verdict).isInstanceOf(Verdict.Hardware.class);
    assertThat(Policy.hardware().judge(verdict))
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused ->
                assertThat(refused.reasons())
                    .extracting(Reason::code)
                    .containsExactly(Reason.Code.PLATFORM_REFUSED));
  }

  @Test
  void turinComparesItsFirstComponentAndItsShortHardwareId() {
    Setting setting = new Setting().turin();

    Facts facts = facts(setting);

    assertThat(facts.platformFamily()).isEqualTo("Turin");
    assertThat(facts.platformHash()).isEqualTo(hashOf(Bytes.of(setting.chip)));
    assertThat(facts.tcbNumber()).isEqualTo(0x04460301L);
    assertRefused(
        verify(new Setting().turin().with(s -> s.extensions.put("3.9", number(1)))),
        Reason.Code.CHIP_MISMATCH);
    assertRefused(
        verify(new Setting().turin().with(s -> s.extensions.put("3.9", new byte[0]))),
        Reason.Code.MALFORMED_COLLATERAL);
    assertRefused(
        verify(
            new Setting()
                .turin()
                .with(s -> {
                  s.extensions.put("4", Arrays.copyOf(s.chip, 8));
                  s.chip[63] = 1;
                })),
        Reason.Code.CHIP_MISMATCH);
    assertThat(verify(new Setting().turin().with(s -> s.extensions.put("4", s.chip))))
        .isInstanceOf(Verdict.Hardware.class);
  }

  @Test
  void theFactsSayHowLongAndWhatTheLowestTcbIs() {
    Facts facts = facts(new Setting().with(s -> s.launch = new byte[] {4, 2, 0, 0, 0, 0, 21, 79}));

    assertThat(facts.until()).isEqualTo(AmdAuthority.NOW.plus(Duration.ofDays(30)));
    assertThat(facts.from()).isEqualTo(AmdAuthority.START);
    assertThat(facts.tcbNumber()).isEqualTo(0x144f0401L);
    assertThat(facts.securityVersion()).isEqualTo(3);
    assertThat(facts.traits()).isEmpty();
  }

  @Test
  void theKeyOfACloudProviderNamesNoChip() {
    Facts hidden = facts(vlek());
    Facts named = facts(vlek().with(s -> s.chip = AmdAuthority.filled(64, 3)));

    assertThat(hidden.traits()).contains(Trait.OPERATOR_KEY, Trait.CHIP_HIDDEN);
    assertThat(hidden.platformHash()).isEqualTo(hashOf(Bytes.ofText("CN=cloud.example")));
    assertThat(named.traits()).contains(Trait.OPERATOR_KEY).doesNotContain(Trait.CHIP_HIDDEN);
    assertThat(named.platformHash()).isEqualTo(hashOf(Bytes.of(AmdAuthority.filled(64, 3))));
  }

  @Test
  void aMaskedChipIsStillTheOneItsKeyIsEndorsedFor() {
    Setting setting = new Setting().with(s -> s.extensions.put("4", AmdAuthority.filled(64, 7)));
    setting.chip = new byte[64];

    Facts facts = facts(setting);

    assertThat(facts.traits()).contains(Trait.CHIP_HIDDEN);
    assertThat(facts.platformHash()).isEqualTo(hashOf(Bytes.of(AmdAuthority.filled(64, 7))));
  }

  /** A change of the setting that makes a fact true, which the policy for hardware refuses. */
  @TestFactory
  Stream<DynamicTest> unsafeGuestsAreProvenToBeUnsafe() {
    return Stream.of(
        unsafe(Trait.DEBUG, s -> s.policy |= 1 << 19),
        unsafe(Trait.MIGRATABLE, s -> s.policy |= 1 << 18),
        unsafe(Trait.LESSER_PRIVILEGE, s -> s.vmpl = 1),
        unsafe(Trait.LESSER_PRIVILEGE, s -> s.vmpl = 0xffff_ffffL),
        unsafe(Trait.REVOCATION_UNCHECKED, s -> s.withCrl = false));
  }

  private static DynamicTest unsafe(Trait trait, Consumer<Setting> change) {
    return DynamicTest.dynamicTest(
        trait.name(),
        () -> {
          Verdict verdict = verify(new Setting().with(change));
          assertThat(((Verdict.Hardware) verdict).facts().traits()).containsExactly(trait);
          assertThat(Policy.hardware().judge(verdict))
              .isInstanceOfSatisfying(
                  Decision.Refused.class,
                  refused ->
                      assertThat(refused.reasons())
                          .extracting(Reason::code)
                          .containsExactly(Reason.Code.TRAIT_REFUSED));
        });
  }

  @Test
  void weakerPlatformsAreProvenToBeWeaker() {
    assertThat(facts(new Setting().with(s -> s.platformInfo = 0x31)).traits())
        .containsExactly(Trait.MULTITHREADING);
    assertThat(
            facts(
                    new Setting()
                        .with(s -> {
                          s.platformInfo = 0x31;
                          s.policy = 0x20000;
                        }))
                .traits())
        .isEmpty();
    assertThat(facts(new Setting().with(s -> s.platformInfo = 0x10)).traits())
        .containsExactly(Trait.ALIASES_UNCHECKED);
    assertThat(facts(new Setting().with(s -> s.platformInfo = 0x20)).traits())
        .containsExactly(Trait.CIPHERTEXT_VISIBLE);
  }

  @TestFactory
  Stream<DynamicTest> everyWrongPartIsRefused() {
    PSSParameterSpec shortSalt =
        new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 20, 1);
    PSSParameterSpec otherHash =
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 48, 1);
    PSSParameterSpec otherMask =
        new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA256, 48, 1);
    return Stream.of(
        // Form.
        refused(
            "report cut",
            Reason.Code.MALFORMED_EVIDENCE,
            s -> s.changeReport = b -> Arrays.copyOf(b, 1183)),
        refused(
            "report empty", Reason.Code.MALFORMED_EVIDENCE, s -> s.changeReport = b -> new byte[0]),
        refused("reserved TCB byte", Reason.Code.MALFORMED_EVIDENCE, s -> s.current[3] = 1),
        // Which key.
        refused("key masked", Reason.Code.SIGNATURE_INVALID, s -> s.signerBits = 2),
        refused("no key", Reason.Code.SIGNATURE_INVALID, s -> s.signerBits = 7 << 2),
        refused("unknown key", Reason.Code.SIGNATURE_INVALID, s -> s.signerBits = 2 << 2),
        refused(
            "VLEK in the report, VCEK endorsed",
            Reason.Code.CHAIN_INVALID,
            s -> s.signerBits = 1 << 2),
        refused("certificate of neither", Reason.Code.CHAIN_INVALID, s -> s.leafName = "SEV-OTHER"),
        refused(
            "certificate with two names",
            Reason.Code.CHAIN_INVALID,
            s -> s.leafName = "SEV-VCEK,CN=SEV-VCEK"),
        // Product.
        refused(
            "unknown product name", Reason.Code.CHIP_MISMATCH, s -> s.productName = "Venice-A0"),
        refused("Milan processor, Genoa certificate", Reason.Code.CHIP_MISMATCH, s -> s.model = 1),
        refused("unknown processor", Reason.Code.UNSUPPORTED_EVIDENCE, s -> s.family = 0x17),
        refused(
            "issuer of another line", Reason.Code.CHAIN_INVALID, s -> s.issuerName = "SEV-Milan"),
        refused(
            "issuer of lent keys", Reason.Code.CHAIN_INVALID, s -> s.issuerName = "SEV-VLEK-Genoa"),
        // Chain.
        refused("leaf by a stranger", Reason.Code.CHAIN_INVALID, s -> s.leafSigner = s.rootSigner),
        refused(
            "issuer by a stranger", Reason.Code.CHAIN_INVALID, s -> s.issuerSigner = s.leafSigner),
        refused("root not by itself", Reason.Code.CHAIN_INVALID, s -> s.rootSigner = s.leafSigner),
        refused(
            "leaf names another issuer",
            Reason.Code.CHAIN_INVALID,
            s -> s.leafIssuer = "SEV-Milan"),
        refused(
            "issuer is no authority", Reason.Code.CHAIN_INVALID, s -> s.issuerIsAuthority = false),
        refused(
            "issuer may not sign",
            Reason.Code.CHAIN_INVALID,
            s -> s.issuerUsage = KeyUsage.digitalSignature),
        refused(
            "root may not sign", Reason.Code.CHAIN_INVALID, s -> s.rootUsage = KeyUsage.cRLSign),
        refused("short salt", Reason.Code.CHAIN_INVALID, s -> s.pss = shortSalt),
        refused("other hash", Reason.Code.CHAIN_INVALID, s -> s.pss = otherHash),
        refused("other mask", Reason.Code.CHAIN_INVALID, s -> s.pss = otherMask),
        refused(
            "issuer's key is no RSA",
            Reason.Code.CHAIN_INVALID,
            s -> s.issuerKey = AmdAuthority.ec("secp384r1")),
        refused(
            "issuer's key is too short",
            Reason.Code.CHAIN_INVALID,
            s -> s.issuerKey = AmdAuthority.rsa(2_048)),
        // Time.
        refused(
            "leaf expired",
            Reason.Code.CERTIFICATE_EXPIRED,
            s -> s.leafEnd = AmdAuthority.NOW.minusSeconds(1)),
        refused(
            "leaf not yet valid",
            Reason.Code.CERTIFICATE_EXPIRED,
            s -> s.leafStart = AmdAuthority.NOW.plusSeconds(1)),
        refused(
            "issuer expired",
            Reason.Code.CERTIFICATE_EXPIRED,
            s -> s.issuerEnd = AmdAuthority.NOW.minusSeconds(1)),
        refused(
            "issuer not yet valid",
            Reason.Code.CERTIFICATE_EXPIRED,
            s -> s.issuerStart = AmdAuthority.NOW.plusSeconds(1)),
        refused(
            "root expired",
            Reason.Code.CERTIFICATE_EXPIRED,
            s -> s.rootEnd = AmdAuthority.NOW.minusSeconds(1)),
        refused(
            "root not yet valid",
            Reason.Code.CERTIFICATE_EXPIRED,
            s -> s.rootStart = AmdAuthority.NOW.plusSeconds(1)),
        refused(
            "list expired",
            Reason.Code.ROOT_CRL_EXPIRED,
            s -> s.crlEnd = AmdAuthority.NOW.minusSeconds(1)),
        refused(
            "list not yet valid",
            Reason.Code.ROOT_CRL_EXPIRED,
            s -> s.crlStart = AmdAuthority.NOW.plusSeconds(1)),
        // Revocation.
        refused("issuer revoked", Reason.Code.CERTIFICATE_REVOKED, s -> s.revoked = BigInteger.TWO),
        refused("root revoked", Reason.Code.CERTIFICATE_REVOKED, s -> s.revoked = BigInteger.ONE),
        refused("list of another issuer", Reason.Code.CRL_INVALID, s -> s.crlIssuer = "ARK-Milan"),
        refused("list by a stranger", Reason.Code.CRL_INVALID, s -> s.crlSigner = s.leafSigner),
        refused(
            "root may sign no list",
            Reason.Code.CRL_INVALID,
            s -> s.rootUsage = KeyUsage.keyCertSign),
        refused(
            "list with unknown rules",
            Reason.Code.CRL_INVALID,
            s -> s.unknownCriticalCrlExtension = true),
        // Endorsement.
        refused(
            "key on another curve",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.chipKey = AmdAuthority.ec("secp256r1")),
        refused(
            "bootloader differs",
            Reason.Code.CHIP_MISMATCH,
            s -> s.extensions.put("3.1", number(6))),
        refused("TEE differs", Reason.Code.CHIP_MISMATCH, s -> s.extensions.put("3.2", number(2))),
        refused("SNP differs", Reason.Code.CHIP_MISMATCH, s -> s.extensions.put("3.3", number(19))),
        refused(
            "microcode differs",
            Reason.Code.CHIP_MISMATCH,
            s -> s.extensions.put("3.8", number(81))),
        refused(
            "key of the current TCB, not the reported one",
            Reason.Code.CHIP_MISMATCH,
            s -> {
              s.extensions.put("3.1", number(6));
              s.extensions.put("3.3", number(22));
              s.extensions.put("3.8", number(90));
            }),
        refused(
            "another chip",
            Reason.Code.CHIP_MISMATCH,
            s -> s.extensions.put("4", AmdAuthority.filled(64, 8))),
        refused(
            "reserved component",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("3.5", number(1))),
        refused(
            "FMC before Turin",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("3.9", number(1))),
        refused(
            "no bootloader",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("3.1", new byte[0])),
        refused(
            "no hardware id",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("4", new byte[0])),
        refused(
            "short hardware id",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("4", new byte[8])),
        refused(
            "no product name",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("2", new byte[0])),
        refused(
            "product name of another type",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("2", AmdAuthority.der(new DERUTF8String("Genoa-B1")))),
        refused(
            "product name with control characters",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("2", AmdAuthority.der(new DERIA5String("Genoa\n", false)))),
        refused(
            "number too large",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("3.8", number(256))),
        refused(
            "number negative",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("3.8", number(-1))),
        refused(
            "number with a needless zero",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("3.8", new byte[] {2, 2, 0, 80})),
        refused(
            "number with bytes behind it",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("3.8", new byte[] {2, 1, 80, 0})),
        refused(
            "number with a long length",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("3.8", new byte[] {2, (byte) 0x81, 1, 80})),
        refused(
            "a VCEK that names a provider",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> s.extensions.put("5", AmdAuthority.der(new DERIA5String("CN=cloud.example")))),
        refused(
            "a VLEK that names a chip",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> {
              s.kind = EndorsementKind.VLEK;
              s.extensions.put("4", AmdAuthority.filled(64, 7));
            }),
        refused(
            "a VLEK without provider",
            Reason.Code.MALFORMED_COLLATERAL,
            s -> {
              s.kind = EndorsementKind.VLEK;
              s.extensions.put("5", new byte[0]);
            }),
        // Signature.
        refused(
            "signature of zeros",
            Reason.Code.SIGNATURE_INVALID,
            s -> s.changeReport = b -> zeroed(b, 0x2a0, 0x330)),
        refused(
            "signature with s = 0",
            Reason.Code.SIGNATURE_INVALID,
            s -> s.changeReport = b -> zeroed(b, 0x2e8, 0x330)),
        refused(
            "signed bytes changed",
            Reason.Code.SIGNATURE_INVALID,
            s -> s.changeReport = b -> zeroed(b, 0x90, 0xc0)));
  }

  private static byte[] number(int value) {
    return AmdAuthority.der(new ASN1Integer(value));
  }

  private static byte[] zeroed(byte[] bytes, int from, int to) {
    byte[] changed = bytes.clone();
    Arrays.fill(changed, from, to, (byte) 0);
    return changed;
  }

  private static DynamicTest refused(String name, Reason.Code code, Consumer<Setting> change) {
    return DynamicTest.dynamicTest(
        name, () -> assertRefused(verify(new Setting().with(change)), code));
  }

  @Test
  void hugeOrEmptyCollateralIsRefusedBeforeItIsRead() {
    Setting setting = new Setting();
    Collateral.Amd good = AmdAuthority.collateral(setting);
    Bytes huge = Bytes.of(new byte[2 << 20]);

    assertRefused(
        verify(
            setting,
            new Collateral.Amd(Bytes.empty(), good.intermediate(), good.root(), good.crl())),
        Reason.Code.COLLATERAL_MISSING);
    assertRefused(
        verify(
            setting,
            new Collateral.Amd(good.endorsement(), Bytes.empty(), good.root(), good.crl())),
        Reason.Code.COLLATERAL_MISSING);
    assertRefused(
        verify(
            setting,
            new Collateral.Amd(good.endorsement(), good.intermediate(), Bytes.empty(), good.crl())),
        Reason.Code.COLLATERAL_MISSING);
    assertRefused(
        verify(setting, new Collateral.Amd(huge, good.intermediate(), good.root(), good.crl())),
        Reason.Code.MALFORMED_COLLATERAL);
    assertRefused(
        verify(
            setting,
            new Collateral.Amd(good.endorsement(), good.intermediate(), good.root(), huge)),
        Reason.Code.MALFORMED_COLLATERAL);
    assertRefused(
        verify(
            setting,
            new Collateral.Amd(good.endorsement(), good.intermediate(), good.root(), good.root())),
        Reason.Code.MALFORMED_COLLATERAL);
    assertRefused(
        verify(
            setting,
            new Collateral.Amd(
                good.endorsement(),
                good.intermediate(),
                good.root(),
                Bytes.concat(good.crl(), Bytes.of(new byte[1])))),
        Reason.Code.MALFORMED_COLLATERAL);
    assertRefused(
        verify(
            setting,
            new Collateral.Amd(
                Bytes.concat(good.endorsement(), Bytes.of(new byte[1])),
                good.intermediate(),
                good.root(),
                good.crl())),
        Reason.Code.MALFORMED_COLLATERAL);
  }

  @Test
  void otherCollateralThanAmdsIsNone() {
    Setting setting = new Setting();
    Bytes report = AmdAuthority.report(setting);

    assertRefused(
        AmdAuthority.verifier(setting)
            .verify(
                new EvidenceBundle(report, new Collateral.None()),
                setting.reportData,
                AmdAuthority.NOW),
        Reason.Code.COLLATERAL_MISSING);
    assertThat(
            AmdAuthority.verifier(setting)
                .verify(
                    EvidenceBundle.decode(
                        new EvidenceBundle(report, AmdAuthority.collateral(setting)).encode()),
                    setting.reportData,
                    AmdAuthority.NOW))
        .isInstanceOf(Verdict.Hardware.class);
  }

  private static Verdict verify(Setting setting, Collateral.Amd collateral) {
    return AmdAuthority.verifier(setting)
        .verify(AmdAuthority.report(setting), collateral, setting.reportData, AmdAuthority.NOW);
  }

  @Test
  void certificatesCutAtAnyByteAreRefused() {
    Setting setting = new Setting();
    Collateral.Amd good = AmdAuthority.collateral(setting);
    for (int length = 1; length < good.endorsement().length(); length += 7) {
      assertRefused(
          verify(
              setting,
              new Collateral.Amd(
                  good.endorsement().slice(0, length),
                  good.intermediate(),
                  good.root(),
                  good.crl())),
          Reason.Code.MALFORMED_COLLATERAL);
    }
    for (int length = 1; length < good.crl().length(); length += 7) {
      assertRefused(
          verify(
              setting,
              new Collateral.Amd(
                  good.endorsement(),
                  good.intermediate(),
                  good.root(),
                  good.crl().slice(0, length))),
          Reason.Code.MALFORMED_COLLATERAL);
    }
  }

  @Test
  void aFlippedBitOfTheRevocationListIsRefused() {
    Setting setting = new Setting();
    Collateral.Amd good = AmdAuthority.collateral(setting);
    SnpVerifier verifier = AmdAuthority.verifier(setting);
    Bytes report = AmdAuthority.report(setting);
    for (int i = 0; i < good.crl().length(); i++) {
      byte[] changed = good.crl().toByteArray();
      changed[i] ^= (byte) (1 << i % 8);
      assertThat(
              verifier.verify(
                  report,
                  new Collateral.Amd(
                      good.endorsement(), good.intermediate(), good.root(), Bytes.of(changed)),
                  setting.reportData,
                  AmdAuthority.NOW))
          .as("byte %d", i)
          .isInstanceOf(Verdict.Refused.class);
    }
  }

  @Property(tries = 2_000)
  void anyBytesAsCollateralAreRefused(@ForAll @Size(min = 1, max = 200) byte[] bytes) {
    Setting setting = new Setting();
    Bytes any = Bytes.of(bytes);
    assertThat(
            SnpVerifier.amd()
                .verify(
                    REPORT,
                    new Collateral.Amd(any, any, any, any),
                    setting.reportData,
                    AmdAuthority.NOW))
        .isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void onlyThePinnedRootOfTheLineIsTrusted() {
    Setting genoa = new Setting();
    Setting turin = new Setting().turin();

    assertRefused(
        SnpVerifier.amd()
            .verify(
                AmdAuthority.report(genoa),
                AmdAuthority.collateral(genoa),
                genoa.reportData,
                AmdAuthority.NOW),
        Reason.Code.ROOT_NOT_TRUSTED);
    assertRefused(
        AmdAuthority.verifier(turin)
            .verify(
                AmdAuthority.report(genoa),
                AmdAuthority.collateral(genoa),
                genoa.reportData,
                AmdAuthority.NOW),
        Reason.Code.ROOT_NOT_TRUSTED);
    assertThat(SnpRoots.amd().pins()).containsOnlyKeys(SnpProduct.values());
  }

  @Test
  void theFirstAndTheLastSecondOfTheRevocationListCount() {
    Setting setting = new Setting().with(s -> s.crlStart = AmdAuthority.NOW);
    SnpVerifier verifier = AmdAuthority.verifier(setting);
    Instant last = setting.crlEnd;
    for (Instant time : List.of(AmdAuthority.NOW, last)) {
      assertThat(
              verifier.verify(
                  AmdAuthority.report(setting),
                  AmdAuthority.collateral(setting),
                  setting.reportData,
                  time))
          .isInstanceOf(Verdict.Hardware.class);
    }
  }

  @Test
  void timesBeyondAllCalendarsAreTimesLikeOthers() {
    Setting setting = new Setting();
    for (Instant time : List.of(Instant.MIN, Instant.MAX)) {
      assertRefused(
          AmdAuthority.verifier(setting)
              .verify(
                  AmdAuthority.report(setting),
                  AmdAuthority.collateral(setting),
                  setting.reportData,
                  time),
          Reason.Code.CERTIFICATE_EXPIRED);
    }
  }

  @Test
  void theOtherHalfOfTheReportDataCounts() {
    Setting setting = new Setting();
    byte[] wanted = setting.reportData.toByteArray();
    wanted[40] ^= 1;
    assertRefused(
        AmdAuthority.verifier(setting)
            .verify(
                AmdAuthority.report(setting),
                AmdAuthority.collateral(setting),
                Bytes.of(wanted),
                AmdAuthority.NOW),
        Reason.Code.BINDING_MISMATCH);
  }

  @Test
  void reasonsNameNoChip() {
    Setting setting = new Setting().with(s -> s.extensions.put("4", AmdAuthority.filled(64, 8)));
    Verdict.Refused refused = (Verdict.Refused) verify(setting);
    assertThat(refused.reasons().getFirst().toString())
        .doesNotContain(Bytes.of(AmdAuthority.filled(4, 7)).hex().substring(2))
        .doesNotContain(Bytes.of(AmdAuthority.filled(4, 8)).hex().substring(2));
    assertThat(SevSnpReport.parse(AmdAuthority.report(setting)).chipIdMasked()).isFalse();
  }
}
