package network.enigma.client;

import java.time.Duration;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/** What a client is doing, for whoever shows progress. */
public sealed interface ClientEvent {
  /** A realm was opened and its worker drawn or waiting to be drawn. */
  record RealmOpened(Bytes32 realm) implements ClientEvent {}

  /** The realm's worker has not announced its key yet; told about once a second. */
  record KeyPending(Bytes32 realm, Duration waited) implements ClientEvent {}

  /** The realm has a key that matches its hash on chain. */
  record KeyKnown(Bytes32 realm, long tenure) implements ClientEvent {}

  /** ENG was moved into Enigma, in units of 10⁻⁸. */
  record Deposited(long amount) implements ClientEvent {}

  /** ENG was allocated to a realm, in units of 10⁻⁸. */
  record Allocated(Bytes32 realm, long amount) implements ClientEvent {}

  /** An order is on its way. */
  record Sent(Bytes32 taskId, Address target, boolean posted) implements ClientEvent {}

  /**
   * Somebody else than this client's account may change the code of a contract; told before
   * anything is first sent to it, and when it is deployed so.
   */
  record CodeMayChange(Address contract, UpgradeAuthority authority) implements ClientEvent {}

  /** New code for a contract was announced on Ethereum. */
  record UpgradeAnnounced(Address contract, Bytes32 codeHash, long readyAt)
      implements ClientEvent {}

  /** A node did not accept; another one is tried, or the order is posted. */
  record NotAccepted(Bytes32 taskId, String reason, String next) implements ClientEvent {}

  /** A task moved. */
  record Moved(TaskProgress progress) implements ClientEvent {}
}
