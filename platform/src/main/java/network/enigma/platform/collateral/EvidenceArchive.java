package network.enigma.platform.collateral;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;

/**
 * Evidence and collateral as a zip file, for people and other tools: each part is a file in the
 * vendor's own form. The format is in docs/evidence-archive.md; the same parts as {@link
 * EvidenceBundle#encode()}.
 *
 * @param bundle evidence and collateral
 * @param binding what the evidence is bound to, where the archive says it
 */
public record EvidenceArchive(EvidenceBundle bundle, Optional<Binding> binding) {
  /** What evidence of an enclave is bound to (rule C1). */
  public record Binding(
      Bytes32 networkHash, Mode mode, Role role, Address enclave, Address operator, Bytes32 nonce) {
    private static final Pattern FORM =
        Pattern.compile(
            "network (0x[0-9a-f]{64})\nmode ([A-Z]{1,16})\nrole ([A-Z_]{1,16})\n"
                + "enclave (0x[0-9a-f]{40})\noperator (0x[0-9a-f]{40})\nnonce (0x[0-9a-f]{64})\n");

    static Binding of(EnclaveEvidence evidence) {
      return new Binding(
          evidence.networkHash(),
          evidence.mode(),
          evidence.role(),
          evidence.enclave(),
          evidence.operator(),
          evidence.nonce());
    }

    Bytes text() {
      return Bytes.ofText(
          "network %s\nmode %s\nrole %s\nenclave %s\noperator %s\nnonce %s\n"
              .formatted(
                  networkHash.hex(), mode, role, enclave.hex(), operator.hex(), nonce.hex()));
    }

    static Binding read(Bytes text) {
      Matcher form = FORM.matcher(new String(text.toByteArray(), StandardCharsets.ISO_8859_1));
      if (!form.matches()) {
        throw malformed("what it is bound to is not in its form");
      }
      try {
        return new Binding(
            Bytes32.fromHex(form.group(1)),
            Mode.valueOf(form.group(2)),
            Role.valueOf(form.group(3)),
            Address.fromHex(form.group(4)),
            Address.fromHex(form.group(5)),
            Bytes32.fromHex(form.group(6)));
      } catch (IllegalArgumentException e) {
        throw malformed("it names an unknown mode or role");
      }
    }
  }

  private static final int MAXIMUM_ENTRY = 1 << 20;
  private static final int MAXIMUM_ENTRIES = 16;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final String FORM_FILE = "enigma-evidence";
  private static final String FORM = "1\n";
  private static final String BINDING = "binding.txt";
  private static final String EVIDENCE = "evidence.bin";
  private static final String INTEL = "intel/";
  private static final String AMD = "amd/";

  /** What an enclave was admitted with, bound as it is. */
  public static EvidenceArchive of(EnclaveEvidence evidence) {
    return new EvidenceArchive(evidence.bundle(), Optional.of(Binding.of(evidence)));
  }

  /** The enclave's evidence, where the archive says what it is bound to. */
  public Optional<EnclaveEvidence> enclaveEvidence() {
    return binding.map(bound ->
        new EnclaveEvidence(
            bound.networkHash(),
            bound.mode(),
            bound.role(),
            bound.enclave(),
            bound.operator(),
            bound.nonce(),
            bundle));
  }

  /** Whether bytes claim to be a zip file. */
  public static boolean isZip(Bytes bytes) {
    return bytes.length() >= 4
        && bytes.get(0) == 'P'
        && bytes.get(1) == 'K'
        && bytes.get(2) == 3
        && bytes.get(3) == 4;
  }

  /** The zip file; the same bytes for the same content. */
  public Bytes write() {
    Map<String, Bytes> files = new LinkedHashMap<>();
    files.put(FORM_FILE, Bytes.ofText(FORM));
    binding.ifPresent(bound -> files.put(BINDING, bound.text()));
    files.put(EVIDENCE, bundle.evidence());
    switch (bundle.collateral()) {
      case Collateral.None none -> {}
      case Collateral.Intel intel -> {
        files.put(INTEL + "tcb_info.json", intel.tcbInfo());
        files.put(INTEL + "tcb_info.sig", intel.tcbInfoSignature());
        files.put(INTEL + "tcb_info_chain.pem", intel.tcbInfoChain());
        files.put(INTEL + "qe_identity.json", intel.qeIdentity());
        files.put(INTEL + "qe_identity.sig", intel.qeIdentitySignature());
        files.put(INTEL + "qe_identity_chain.pem", intel.qeIdentityChain());
        files.put(INTEL + "root_ca_crl.der", intel.rootCrl());
        files.put(INTEL + "pck_crl.der", intel.pckCrl());
        files.put(INTEL + "pck_chain.pem", intel.pckChain());
      }
      case Collateral.Amd amd -> {
        files.put(AMD + "endorsement.der", amd.endorsement());
        files.put(AMD + "intermediate.der", amd.intermediate());
        files.put(AMD + "root.der", amd.root());
        files.put(AMD + "crl.der", amd.crl());
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (Map.Entry<String, Bytes> file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        zip.write(file.getValue().toByteArray());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new IllegalStateException("memory can be written", e);
    }
    return Bytes.of(bytes.toByteArray());
  }

  /**
   * Reads an archive from anybody.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} unless it has exactly the files of
   *     one kind of collateral, none too long
   */
  public static EvidenceArchive read(Bytes archive) {
    Map<String, Bytes> files = files(archive);
    Bytes form = take(files, FORM_FILE);
    if (!form.equals(Bytes.ofText(FORM))) {
      throw malformed("it is of another version");
    }
    Optional<Binding> binding = Optional.ofNullable(files.remove(BINDING)).map(Binding::read);
    Bytes evidence = take(files, EVIDENCE);
    Collateral collateral;
    if (files.isEmpty()) {
      collateral = new Collateral.None();
    } else if (files.containsKey(INTEL + "tcb_info.json")) {
      collateral =
          new Collateral.Intel(
              take(files, INTEL + "tcb_info.json"),
              take(files, INTEL + "tcb_info.sig"),
              take(files, INTEL + "tcb_info_chain.pem"),
              take(files, INTEL + "qe_identity.json"),
              take(files, INTEL + "qe_identity.sig"),
              take(files, INTEL + "qe_identity_chain.pem"),
              take(files, INTEL + "root_ca_crl.der"),
              take(files, INTEL + "pck_crl.der"),
              take(files, INTEL + "pck_chain.pem"));
    } else {
      collateral =
          new Collateral.Amd(
              take(files, AMD + "endorsement.der"),
              take(files, AMD + "intermediate.der"),
              take(files, AMD + "root.der"),
              take(files, AMD + "crl.der"));
    }
    if (!files.isEmpty()) {
      // Its name is whatever the sender liked, escape sequences of a terminal included.
      throw malformed("it holds " + files.size() + " files too many");
    }
    return new EvidenceArchive(new EvidenceBundle(evidence, collateral), binding);
  }

  private static Map<String, Bytes> files(Bytes archive) {
    Map<String, Bytes> files = new LinkedHashMap<>();
    try (ZipInputStream zip =
        new ZipInputStream(
            new ByteArrayInputStream(archive.toByteArray()), StandardCharsets.UTF_8)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] content = zip.readNBytes(MAXIMUM_ENTRY + 1);
        if (content.length > MAXIMUM_ENTRY || files.size() == MAXIMUM_ENTRIES) {
          throw malformed("it is too large");
        }
        if (files.put(entry.getName(), Bytes.of(content)) != null) {
          throw malformed("it holds a file twice");
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw malformed("it is no zip file");
    }
    if (listedFiles(archive) != files.size()) {
      throw malformed("it is cut off");
    }
    return files;
  }

  /**
   * How many files the record at the end of the archive promises (PKWARE APPNOTE 4.3.16); -1
   * without one. A stream of files alone does not tell the last one from a cut.
   */
  private static int listedFiles(Bytes archive) {
    if (archive.length() < END_LENGTH) {
      return -1;
    }
    ByteBuffer end = ByteBuffer.wrap(archive.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int start = archive.length() - END_LENGTH;
    return end.getInt(start) == END_SIGNATURE ? end.getShort(start + 10) : -1;
  }

  private static Bytes take(Map<String, Bytes> files, String name) {
    Bytes file = files.remove(name);
    if (file == null) {
      throw malformed("it lacks " + name);
    }
    return file;
  }

  private static EnigmaException malformed(String detail) {
    return new EnigmaException(
        ErrorCode.MALFORMED_MESSAGE, "this is no evidence archive: " + detail);
  }
}
