package network.enigma.platform.collateral;

import java.util.List;
import java.util.Locale;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.TeeKind;
import network.enigma.attestation.snp.EndorsementKind;
import network.enigma.attestation.snp.SnpProduct;
import network.enigma.attestation.snp.TcbVersion;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Which collateral evidence needs. */
public sealed interface CollateralRequest {
  /** Who issued the certificate of an Intel machine. */
  enum PckAuthority {
    /** Machines of several packages. */
    PLATFORM,
    /** Machines of one package. */
    PROCESSOR;

    /** The name in addresses. */
    String parameter() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Collateral of Intel.
   *
   * @param kind SGX or TDX
   * @param fmspc family of the machine, 12 hexadecimal digits in small letters
   * @param authority who issued its certificate
   */
  record Intel(TeeKind kind, String fmspc, PckAuthority authority) implements CollateralRequest {
    public Intel {
      if (kind == TeeKind.SEV_SNP || !fmspc.matches("[0-9a-f]{12}")) {
        throw new EnigmaException(
            ErrorCode.INVALID_CONFIGURATION,
            "Intel's collateral is for SGX or TDX and a family of 12 hexadecimal digits");
      }
    }
  }

  /**
   * Collateral of AMD.
   *
   * @param product line of the processor
   * @param kind which key signed
   * @param chipId 64 bytes
   * @param reported the TCB version that the report states, which the key is derived from; not the
   *     one that runs
   */
  record Amd(SnpProduct product, EndorsementKind kind, Bytes chipId, TcbVersion reported)
      implements CollateralRequest {
    public Amd {
      if (chipId.length() != SevSnpReport.CHIP_ID_LENGTH) {
        throw new EnigmaException(ErrorCode.INVALID_CONFIGURATION, "a chip id has 64 bytes");
      }
    }

    /** The chip as addresses have it: Turin's first 8 bytes, else all 64, in small letters. */
    String chip() {
      Bytes id = product == SnpProduct.TURIN ? chipId.slice(0, 8) : chipId;
      return id.hex().substring(2);
    }
  }

  /**
   * What a report needs. A report of version 2 does not name its product: then every line that may
   * be it, likeliest first.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} for a report of no known product or
   *     key
   */
  static List<Amd> of(SevSnpReport report) {
    EndorsementKind kind =
        EndorsementKind.ofNumber(report.signingKey())
            .orElseThrow(
                () -> new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "no key signed the report"));
    List<SnpProduct> products =
        report
            .processor()
            .map(processor ->
                SnpProduct.ofProcessor(processor.family(), processor.model()).stream().toList())
            .orElse(List.of(SnpProduct.MILAN, SnpProduct.GENOA));
    if (products.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "the report is of an unknown processor");
    }
    return products.stream()
        .map(product ->
            new Amd(
                product, kind, report.chipId(), TcbVersion.parse(report.reportedTcb(), product)))
        .toList();
  }
}
