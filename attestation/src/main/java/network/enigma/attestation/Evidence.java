package network.enigma.attestation;

import java.util.SortedMap;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;

/**
 * What a machine says about a program that runs on it, read with exact bounds and not yet believed.
 */
public sealed interface Evidence permits SgxQuote, TdxQuote, SevSnpReport {
  TeeKind kind();

  /**
   * Header, body and signature, byte for byte: what identifies the evidence and is published on
   * chain. Certificates and padding that come with it are left out, since bytes of theirs can be
   * changed without anybody noticing.
   */
  Bytes core();

  /** The identity of the evidence: keccak256 of its {@link #core()}. */
  default Bytes32 hash() {
    return Keccak.hash(core());
  }

  /** 64 bytes that the program chose. */
  Bytes reportData();

  /**
   * The identity of the program as 32 bytes, as listed on chain: MRENCLAVE of SGX, otherwise a hash
   * of all registers that say what runs.
   */
  Bytes32 measurement();

  /** The registers that say what runs, by the vendor's name in small letters, for people. */
  SortedMap<String, Bytes> registers();
}
