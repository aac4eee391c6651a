package network.enigma.runtime.evm;

import java.math.BigInteger;

/** The rules that the official state tests are run under. */
enum Fork {
  CANCUN(10, 6, 3_338_477),
  PRAGUE(17, 9, 5_007_716),
  /** Prague with the curve contracts of the draft that the folder stEIP2537 was filled with. */
  PRAGUE_WITH_DRAFT_CURVE(19, 9, 5_007_716);

  /** Precompiled contracts lie at 1 to this number. */
  final int precompiles;

  final int blobs;
  final BigInteger blobFeeFraction;

  Fork(int precompiles, int blobs, long blobFeeFraction) {
    this.precompiles = precompiles;
    this.blobs = blobs;
    this.blobFeeFraction = BigInteger.valueOf(blobFeeFraction);
  }
}
