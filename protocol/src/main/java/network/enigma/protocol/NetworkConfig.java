package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What makes one network (rule T3). Its hash is in report data, in every message between enclaves
 * and in a slot of the Enigma contract; a part with another hash gets nothing.
 *
 * @param finalityDepth k of the finality rules LATEST_K and SIGNED_K, in blocks, a uint32; else 0
 * @param chainId of the Ethereum chain
 * @param genesisRoot the chain's genesis hash (NODE) or genesis validators root (LIGHT_CLIENT)
 * @param firstCheckpoint the block hash (NODE) or beacon root (LIGHT_CLIENT) from which enclaves
 *     start
 * @param enigma the Enigma contract
 * @param enigmaCodeHash keccak256 of its runtime code
 */
public record NetworkConfig(
    Mode mode,
    HeaderSource headerSource,
    FinalityRule finalityRule,
    long finalityDepth,
    long chainId,
    Bytes32 genesisRoot,
    Bytes32 firstCheckpoint,
    Address enigma,
    Bytes32 enigmaCodeHash,
    Parameters parameters) {

  /** Whether enclaves are real. */
  public enum Mode {
    SIMULATION,
    HARDWARE
  }

  /** Where enclaves get block hashes from. */
  public enum HeaderSource {
    /** The word of the operator's Ethereum node. */
    NODE,
    /** Ethereum's sync committee. */
    LIGHT_CLIENT
  }

  /** Which headers count. */
  public enum FinalityRule {
    /** The newest block minus k; NODE only. */
    LATEST_K,
    /** The block the node calls safe; NODE only. */
    SAFE,
    /** The finalized block. */
    FINALIZED,
    /** The newest block that a sync committee signed, minus k; LIGHT_CLIENT only. */
    SIGNED_K
  }

  /**
   * The parameters that enclaves and contract must share.
   *
   * @param epochBlocks the least length of an epoch in blocks, uint32
   * @param tenureEpochs the length of a tenure in epochs, uint32
   * @param failoverBlocks how long rank r waits, times r, uint32
   * @param maxOrderBlocks the longest life of an order in blocks, uint32
   * @param maxBatchAge the greatest age of a batch's header at commit in blocks, at most 8,000
   * @param maxHeaderLag how far apart the headers of a quorum may lie, in blocks, uint32
   * @param minBackups how many backups acknowledge a batch, uint16
   * @param drawDelay epochs between the opening of a realm and its draw, uint32
   * @param maxLeases leases per realm, epoch and worker, uint32; 0 for no limit
   * @param maxStateBytes the largest state of a realm, uint64
   * @param maxTaskGas the largest gas limit of a task, uint64
   * @param minGasPrice the least gas price, in 10⁻⁸ ENG per 1,000 gas, uint64
   * @param baseGas the gas that an executed or refused task costs at least, uint64
   * @param callbackRate task gas charged for each unit of callback gas, uint32
   */
  public record Parameters(
      long epochBlocks,
      long tenureEpochs,
      long failoverBlocks,
      long maxOrderBlocks,
      long maxBatchAge,
      long maxHeaderLag,
      int minBackups,
      long drawDelay,
      long maxLeases,
      long maxStateBytes,
      long maxTaskGas,
      long minGasPrice,
      long baseGas,
      long callbackRate) {
    /** The window of EIP-2935, with room. */
    public static final long GREATEST_BATCH_AGE = 8_000;

    public Parameters {
      Unsigned.check(epochBlocks, 32, "epochBlocks");
      Unsigned.check(tenureEpochs, 32, "tenureEpochs");
      Unsigned.check(failoverBlocks, 32, "failoverBlocks");
      Unsigned.check(maxOrderBlocks, 32, "maxOrderBlocks");
      Unsigned.check(maxBatchAge, 32, "maxBatchAge");
      Unsigned.check(maxHeaderLag, 32, "maxHeaderLag");
      Unsigned.check(minBackups, 16, "minBackups");
      Unsigned.check(drawDelay, 32, "drawDelay");
      Unsigned.check(maxLeases, 32, "maxLeases");
      Unsigned.check(callbackRate, 32, "callbackRate");
      if (maxBatchAge > GREATEST_BATCH_AGE) {
        throw new EnigmaException(
            ErrorCode.INVALID_CONFIGURATION, "maxBatchAge is at most 8,000 blocks");
      }
      if (epochBlocks == 0 || tenureEpochs == 0 || failoverBlocks == 0 || maxBatchAge == 0) {
        throw new EnigmaException(
            ErrorCode.INVALID_CONFIGURATION,
            "epochBlocks, tenureEpochs, failoverBlocks and maxBatchAge are at least 1");
      }
      if (Math.multiplyExact(epochBlocks, Math.min(tenureEpochs, Integer.MAX_VALUE))
          < maxOrderBlocks) {
        throw new EnigmaException(
            ErrorCode.INVALID_CONFIGURATION, "a tenure is never shorter than maxOrderBlocks");
      }
    }

    /** The length of a tenure, in blocks from its announcement. */
    public long tenureBlocks() {
      return tenureEpochs * epochBlocks;
    }

    /**
     * How many blocks a key manager's nonce must have been on chain, and one more, until every head
     * that its earlier lives acknowledged is committed or void (rule S3): who counts quorums sees
     * the nonce at the latest {@code maxHeaderLag} blocks after it was recorded.
     */
    public long nonceWait() {
      return maxBatchAge + maxHeaderLag;
    }

    /** What a local test network uses; {@code minBackups} is 0 with fewer than three workers. */
    public static Parameters testnet(int workers) {
      return new Parameters(
          100, 3, 10, 60, 60, 30, workers < 3 ? 0 : 1, 0, 0, 64L << 20, 100_000_000, 1, 21_000, 1);
    }

    /** The values the design gives for a real network. */
    public static Parameters mainnet() {
      return new Parameters(
          7_200, 7, 25, 300, 900, 64, 2, 2, 3, 64L << 20, 100_000_000, 1, 21_000, 1);
    }
  }

  public NetworkConfig {
    Unsigned.check(finalityDepth, 32, "finalityDepth");
    boolean fits =
        switch (finalityRule) {
          case LATEST_K, SAFE -> headerSource == HeaderSource.NODE;
          case SIGNED_K -> headerSource == HeaderSource.LIGHT_CLIENT;
          case FINALIZED -> true;
        };
    if (!fits) {
      throw new EnigmaException(
          ErrorCode.INVALID_CONFIGURATION,
          finalityRule + " does not go with header source " + headerSource);
    }
    if (finalityDepth != 0
        && finalityRule != FinalityRule.LATEST_K
        && finalityRule != FinalityRule.SIGNED_K) {
      throw new EnigmaException(ErrorCode.INVALID_CONFIGURATION, finalityRule + " takes no depth");
    }
    if (mode == Mode.HARDWARE && headerSource != HeaderSource.LIGHT_CLIENT) {
      throw new EnigmaException(
          ErrorCode.INVALID_CONFIGURATION, "HARDWARE requires header source LIGHT_CLIENT");
    }
    if (mode == Mode.HARDWARE && parameters.minBackups() == 0) {
      throw new EnigmaException(
          ErrorCode.INVALID_CONFIGURATION, "0 backups are allowed on development networks only");
    }
  }

  /** The network hash. */
  public Bytes32 hash() {
    return Preimage.words("NETWORK", 23)
        .uint(mode.ordinal())
        .uint(headerSource.ordinal())
        .uint(finalityRule.ordinal())
        .uint(finalityDepth)
        .uint(chainId)
        .bytes32(genesisRoot)
        .bytes32(firstCheckpoint)
        .address(enigma)
        .bytes32(enigmaCodeHash)
        .uint(parameters.epochBlocks())
        .uint(parameters.tenureEpochs())
        .uint(parameters.failoverBlocks())
        .uint(parameters.maxOrderBlocks())
        .uint(parameters.maxBatchAge())
        .uint(parameters.maxHeaderLag())
        .uint(parameters.minBackups())
        .uint(parameters.drawDelay())
        .uint(parameters.maxLeases())
        .uint(parameters.maxStateBytes())
        .uint(parameters.maxTaskGas())
        .uint(parameters.minGasPrice())
        .uint(parameters.baseGas())
        .uint(parameters.callbackRate())
        .hash();
  }

  public Eip712Domain domain() {
    return new Eip712Domain(chainId, enigma);
  }

  /** Whether secrets on this network are only as safe as its operators are honest. */
  public boolean isDevelopment() {
    return mode == Mode.SIMULATION;
  }

  public byte[] encode() {
    return new WireWriter()
        .uint8(mode.ordinal())
        .uint8(headerSource.ordinal())
        .uint8(finalityRule.ordinal())
        .uint32(finalityDepth)
        .uint64(chainId)
        .bytes32(genesisRoot)
        .bytes32(firstCheckpoint)
        .address(enigma)
        .bytes32(enigmaCodeHash)
        .uint32(parameters.epochBlocks())
        .uint32(parameters.tenureEpochs())
        .uint32(parameters.failoverBlocks())
        .uint32(parameters.maxOrderBlocks())
        .uint32(parameters.maxBatchAge())
        .uint32(parameters.maxHeaderLag())
        .uint16(parameters.minBackups())
        .uint32(parameters.drawDelay())
        .uint32(parameters.maxLeases())
        .uint64(parameters.maxStateBytes())
        .uint64(parameters.maxTaskGas())
        .uint64(parameters.minGasPrice())
        .uint64(parameters.baseGas())
        .uint32(parameters.callbackRate())
        .toByteArray();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} or {@link
   *     ErrorCode#INVALID_CONFIGURATION}
   */
  public static NetworkConfig decode(Bytes encoded) {
    return decode(encoded.toByteArray());
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} or {@link
   *     ErrorCode#INVALID_CONFIGURATION}
   */
  public static NetworkConfig decode(byte[] encoded) {
    WireReader reader = new WireReader(encoded);
    NetworkConfig config =
        new NetworkConfig(
            choose(Mode.values(), reader.uint8()),
            choose(HeaderSource.values(), reader.uint8()),
            choose(FinalityRule.values(), reader.uint8()),
            reader.uint32(),
            reader.uint64(),
            reader.bytes32(),
            reader.bytes32(),
            reader.address(),
            reader.bytes32(),
            new Parameters(
                reader.uint32(),
                reader.uint32(),
                reader.uint32(),
                reader.uint32(),
                reader.uint32(),
                reader.uint32(),
                reader.uint16(),
                reader.uint32(),
                reader.uint32(),
                reader.uint64(),
                reader.uint64(),
                reader.uint64(),
                reader.uint64(),
                reader.uint32()));
    reader.end();
    return config;
  }

  private static <E> E choose(E[] values, int number) {
    if (number >= values.length) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "no choice has number " + number);
    }
    return values[number];
  }
}
