package network.enigma.attestation.dcap;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.protocol.Bytes;

/**
 * How Intel rates the security versions of one kind of platform.
 *
 * @param id SGX or TDX; version 2 is SGX
 * @param version 2 or 3
 * @param fmspc 6 bytes: the kind of platform
 * @param pceId 2 bytes
 * @param evaluationNumber grows with each round of Intel's ratings
 * @param module the TDX module of major version 0
 * @param modules the TDX modules of other major versions
 * @param levels highest first
 */
record TcbInfo(
    String id,
    long version,
    Instant issueDate,
    Instant nextUpdate,
    Bytes fmspc,
    Bytes pceId,
    long evaluationNumber,
    Optional<Module> module,
    List<Module> modules,
    List<TcbLevel> levels) {
  static final String SGX = "SGX";
  static final String TDX = "TDX";

  /**
   * A TDX module that Intel signed.
   *
   * @param id TDX_ and the major version in hexadecimal; empty for version 0
   * @param signer 48 bytes
   * @param attributes 8 bytes, as they are under the mask
   * @param mask 8 bytes
   * @param levels highest first, none for version 0
   */
  record Module(
      String id, Bytes signer, Bytes attributes, Bytes mask, List<TcbLevel.Single> levels) {
    private static Module read(Json.Members json, String id, boolean rated) throws Refusal {
      return new Module(
          id,
          json.hex("mrsigner", 48),
          json.hex("attributes", 8),
          json.hex("attributesMask", 8),
          rated ? TcbLevel.Single.read(json) : List.of());
    }
  }

  static TcbInfo read(Bytes bytes) throws Refusal {
    Json.Members json = Json.parse(bytes);
    long version = json.whole("version", 0xffff);
    if (version != 2 && version != 3) {
      throw new Refusal(Reason.Code.MALFORMED_COLLATERAL, "TCB info of version " + version);
    }
    if (json.whole("tcbType", 0xffff) != 0) {
      throw new Refusal(Reason.Code.MALFORMED_COLLATERAL, "TCB info of an unknown type");
    }
    String id = version == 2 ? SGX : json.text("id");
    List<Module> modules = new ArrayList<>();
    if (json.has("tdxModuleIdentities")) {
      for (Json.Members module : json.list("tdxModuleIdentities")) {
        modules.add(Module.read(module, module.text("id").toUpperCase(Locale.ROOT), true));
      }
    }
    Optional<Json.Members> first = json.optionalMembers("tdxModule");
    return new TcbInfo(
        id,
        version,
        json.instant("issueDate"),
        json.instant("nextUpdate"),
        json.hex("fmspc", 6),
        json.hex("pceId", 2),
        json.whole("tcbEvaluationDataNumber", 0xffff_ffffL),
        first.isPresent() ? Optional.of(Module.read(first.get(), "", false)) : Optional.empty(),
        modules,
        TcbLevel.read(json, version));
  }

  /** The TDX module of a major version above 0. */
  Optional<Module> module(int major) {
    String wanted = String.format(Locale.ROOT, "TDX_%02X", major);
    return modules.stream().filter(candidate -> candidate.id().equals(wanted)).findFirst();
  }
}
