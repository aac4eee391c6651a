package network.enigma.enclave;

import java.math.BigInteger;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.storage.Allocation;
import network.enigma.ethereum.storage.PostedTask;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;

/**
 * Which orders may be part of a batch at a header (Rules C6, C7). What is refused here leaves no
 * trace: nothing is charged, and no receipt is written. Nothing here depends on anything secret:
 * what a task may still spend is counted as if every task that is not anchored yet took its whole
 * gas limit.
 */
final class OrderRules {
  private final NetworkConfig.Parameters parameters;

  OrderRules(NetworkConfig.Parameters parameters) {
    this.parameters = parameters;
  }

  /**
   * Checks expiry, gas and price, session, posted slot and allocation.
   *
   * @param spending what the sender has spent, at most, in units of 10⁻⁸ ENG
   * @throws EnigmaException a typed reason
   */
  void requireEligible(
      TaskInput task,
      Bytes32 taskId,
      BlockHeader header,
      RealmFacts.Reader facts,
      Spending spending) {
    TaskOrder order = task.order();
    requireInTime(order, header.number());
    if (task.posted()) {
      requirePosted(order, facts.task(taskId, header.number()));
      return;
    }
    requireGas(order);
    if (order.kind() == TaskKind.DEPLOY
        && !facts.owner(header.number()).owner().equals(order.sender())) {
      throw new EnigmaException(
          ErrorCode.NOT_REALM_OWNER, "only the realm's owner deploys into it");
    }
    Allocation allocation = facts.allocation(order.sender(), header.number());
    if (task.authorization() instanceof TaskInput.BySession(SessionKey session, var _, var _)) {
      requireSession(session, order, header.timestamp(), allocation.sessionEpoch());
    }
    requireCovered(order, allocation, spending);
  }

  /** What a payer has spent, at most. */
  @FunctionalInterface
  interface Spending {
    BigInteger atMost(Address payer);
  }

  private void requireInTime(TaskOrder order, long headerNumber) {
    if (Long.compareUnsigned(headerNumber, order.expiry()) > 0) {
      throw new EnigmaException(
          ErrorCode.EXPIRED_ORDER,
          "the order expired at block "
              + Long.toUnsignedString(order.expiry())
              + ", the header is block "
              + headerNumber);
    }
    if (Long.compareUnsigned(order.expiry() - headerNumber, parameters.maxOrderBlocks()) > 0) {
      throw new EnigmaException(
          ErrorCode.EXPIRY_TOO_FAR,
          "the order expires at block "
              + Long.toUnsignedString(order.expiry())
              + ", more than "
              + parameters.maxOrderBlocks()
              + " blocks after block "
              + headerNumber);
    }
  }

  private static void requirePosted(TaskOrder order, PostedTask posted) {
    if (!posted.exists()) {
      throw new EnigmaException(ErrorCode.TASK_CLOSED, "no such task is open on chain");
    }
    if (!posted.payer().equals(order.sender()) || posted.expiry() != order.expiry()) {
      throw new EnigmaException(
          ErrorCode.ORDER_NOT_VALID, "the posted task is not the one of the order");
    }
  }

  private void requireGas(TaskOrder order) {
    if (Long.compareUnsigned(order.gasLimit(), parameters.baseGas()) < 0) {
      throw new EnigmaException(
          ErrorCode.GAS_LIMIT_TOO_LOW,
          "the gas limit is below the base gas, " + parameters.baseGas());
    }
    if (Long.compareUnsigned(order.gasLimit(), parameters.maxTaskGas()) > 0) {
      throw new EnigmaException(
          ErrorCode.GAS_LIMIT_TOO_HIGH,
          "the gas limit is above the largest, " + parameters.maxTaskGas());
    }
    if (Long.compareUnsigned(order.gasPrice(), parameters.minGasPrice()) < 0) {
      throw new EnigmaException(
          ErrorCode.GAS_PRICE_TOO_LOW,
          "the gas price is below the least, " + parameters.minGasPrice());
    }
  }

  private static void requireSession(
      SessionKey session, TaskOrder order, long timestamp, long currentEpoch) {
    if (!session.realm().equals(order.realm())) {
      throw new EnigmaException(
          ErrorCode.WRONG_REALM, "the session key is for realm " + session.realm());
    }
    if (Long.compareUnsigned(timestamp, session.notAfter()) > 0) {
      throw new EnigmaException(
          ErrorCode.SESSION_EXPIRED,
          "the session key ended at " + Long.toUnsignedString(session.notAfter()));
    }
    if (session.epoch() != currentEpoch) {
      throw new EnigmaException(
          ErrorCode.SESSION_REVOKED,
          "the session key is of epoch " + session.epoch() + ", the owner's is " + currentEpoch);
    }
    if (order.maximumFee().compareTo(unsigned(session.maxFee())) > 0) {
      throw new EnigmaException(
          ErrorCode.SESSION_FEE_EXCEEDED,
          "the order may cost " + order.maximumFee() + ", more than the session key allows");
    }
  }

  private static void requireCovered(TaskOrder order, Allocation allocation, Spending spending) {
    BigInteger available =
        unsigned(allocation.allocated())
            .subtract(unsigned(allocation.left()))
            .subtract(spending.atMost(order.sender()).max(unsigned(allocation.charged())));
    if (available.compareTo(order.maximumFee()) < 0) {
      throw new EnigmaException(
          ErrorCode.ALLOCATION_TOO_SMALL,
          "the order may cost "
              + order.maximumFee()
              + ", the sender has "
              + available.max(BigInteger.ZERO)
              + " left in the realm");
    }
  }

  static BigInteger unsigned(long value) {
    return Bytes32.ofUnsigned(value).toBigInteger();
  }
}
