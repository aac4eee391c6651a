package network.enigma.attestation;

/**
 * Why evidence is refused.
 *
 * @param code what was found, for programs
 * @param detail what exactly, for people; never holds chip identifiers
 */
public record Reason(Code code, String detail) {
  /** What was found. */
  public enum Code {
    // Form.
    /** The bytes are no evidence, or more than evidence. */
    MALFORMED_EVIDENCE,
    /** The kind or version of the evidence is none this verifier judges. */
    UNSUPPORTED_EVIDENCE,
    /** The collateral cannot be read. */
    MALFORMED_COLLATERAL,
    /** Something needed is not in the collateral. */
    COLLATERAL_MISSING,
    // Who vouches.
    /** The quoting enclave is of another vendor. */
    VENDOR_UNKNOWN,
    /** The chain of the machine's certificate does not end in the pinned root. */
    ROOT_NOT_TRUSTED,
    /** A certificate, its place in the chain or its signature is wrong. */
    CHAIN_INVALID,
    /** A certificate is not yet or no longer valid. */
    CERTIFICATE_EXPIRED,
    /** A certificate has been revoked. */
    CERTIFICATE_REVOKED,
    /** A revocation list is of another issuer, or its signature is wrong. */
    CRL_INVALID,
    /** The root's revocation list is not yet or no longer valid. */
    ROOT_CRL_EXPIRED,
    /** The revocation list of the machine's certificate is not yet or no longer valid. */
    PCK_CRL_EXPIRED,
    // What the vendor says.
    /** The TCB info is not signed by the vendor. */
    TCB_INFO_SIGNATURE,
    /** The TCB info is not yet or no longer valid. */
    TCB_INFO_EXPIRED,
    /** The TCB info is about other machines. */
    TCB_INFO_MISMATCH,
    /** The identity of the quoting enclave is not signed by the vendor. */
    QE_IDENTITY_SIGNATURE,
    /** The identity of the quoting enclave is not yet or no longer valid. */
    QE_IDENTITY_EXPIRED,
    /** The identity is that of another kind of quoting enclave. */
    QE_IDENTITY_MISMATCH,
    // What the evidence shows.
    /** The quoting enclave's report is not signed by the machine's key. */
    QE_REPORT_SIGNATURE,
    /** The quoting enclave's report does not name the key that signed the evidence. */
    QE_REPORT_BINDING,
    /** The quoting enclave is not the vendor's. */
    QE_UNKNOWN,
    /** The evidence's signature is wrong. */
    SIGNATURE_INVALID,
    /** The module that protects trust domains is not the vendor's. */
    MODULE_UNKNOWN,
    /** The machine's security version is below all the vendor rates. */
    TCB_LEVEL_NOT_FOUND,
    /** The vendor's rating is none this release knows. */
    TCB_STATUS_UNKNOWN,
    /** The evidence is about another chip or security version than its certificate. */
    CHIP_MISMATCH,
    // What the policy wants.
    /** Simulated where hardware is wanted, or the other way round. */
    MODE_REFUSED,
    /** The evidence is bound to something else. */
    BINDING_MISMATCH,
    /** The program is not one the policy accepts. */
    MEASUREMENT_REFUSED,
    /** The program's version is below the minimum. */
    VERSION_TOO_LOW,
    /** The vendor's rating of the machine is not accepted. */
    STATUS_REFUSED,
    /** A security advisory applies that is not accepted. */
    ADVISORY_REFUSED,
    /** The TCB is below the minimum. */
    TCB_TOO_OLD,
    /** A fact about machine or program is not accepted. */
    TRAIT_REFUSED,
    /** The kind of machine is not accepted. */
    PLATFORM_REFUSED
  }

  /** The reason in one line. */
  @Override
  public String toString() {
    return code + ": " + detail;
  }
}
