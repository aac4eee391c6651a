package network.enigma.attestation;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import network.enigma.protocol.Bytes32;

/**
 * What a verifier found to be true: every fact a policy may ask for.
 *
 * @param evidence the evidence itself
 * @param platformHash keccak256 of the machine's identifier (PPID, chip identifier), which is never
 *     shown itself
 * @param platformFamily the kind of machine: FMSPC of Intel in small hexadecimal letters, product
 *     of AMD
 * @param status what the vendor says about the whole machine
 * @param platformStatus what the vendor says about processor and firmware alone
 * @param quoterStatus what the vendor says about the quoting enclave, where there is one
 * @param moduleStatus what the vendor says about the TDX module, where it is rated apart
 * @param advisories the vendor's security advisories that apply
 * @param tcbNumber comparable within one kind of TEE, a uint32: of Intel the lower evaluation
 *     number of the two signed documents
 * @param tcbDate when the vendor published the security version the machine has
 * @param securityVersion the program's own (ISVSVN, guest SVN)
 * @param traits what a policy may refuse
 * @param from when everything the verdict rests on became valid
 * @param until when the first thing the verdict rests on ends being valid
 */
public record Facts(
    Evidence evidence,
    Bytes32 platformHash,
    String platformFamily,
    TcbStatus status,
    TcbStatus platformStatus,
    Optional<TcbStatus> quoterStatus,
    Optional<TcbStatus> moduleStatus,
    SortedSet<String> advisories,
    long tcbNumber,
    Instant tcbDate,
    long securityVersion,
    Set<Trait> traits,
    Instant from,
    Instant until) {
  public Facts {
    advisories = Collections.unmodifiableSortedSet(new TreeSet<>(advisories));
    traits =
        Collections.unmodifiableSet(
            traits.isEmpty() ? EnumSet.noneOf(Trait.class) : EnumSet.copyOf(traits));
    if (tcbNumber < 0 || tcbNumber > 0xffff_ffffL) {
      throw new IllegalArgumentException("a TCB number is a uint32");
    }
  }

  /** The identity of the program. */
  public Bytes32 measurement() {
    return evidence.measurement();
  }

  /** The identity of the evidence, as published on chain. */
  public Bytes32 evidenceHash() {
    return evidence.hash();
  }
}
