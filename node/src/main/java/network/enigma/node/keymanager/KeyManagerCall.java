package network.enigma.node.keymanager;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What another host asks of a key manager's host. Beside the enclave's message stand the public
 * facts by which the host finds the state proof; a wrong one costs only a refusal by the enclave.
 * Every call is answered by the enclave's answer, a {@code KeyManagerResponse}; where the host
 * answers itself, in the same form.
 */
public sealed interface KeyManagerCall {
  /** Longest enclave message in a call, in bytes. */
  int MAXIMUM_MESSAGE = 1 << 20;

  byte[] encode();

  /** Reads a call; throws MALFORMED_MESSAGE or UNKNOWN_REQUEST. */
  static KeyManagerCall decode(byte[] bytes) {
    WireReader reader = new WireReader(bytes);
    int kind = reader.uint8();
    KeyManagerCall call =
        switch (kind) {
          case 1 -> new Identify();
          case 2 ->
              new Admit(
                  reader.address(),
                  reader.address(),
                  reader.uint8(),
                  reader.bytes32(),
                  reader.bytes(MAXIMUM_MESSAGE));
          case 3 ->
              new GrantLease(
                  reader.bytes(MAXIMUM_MESSAGE),
                  reader.bytes32(),
                  reader.uint64(),
                  reader.bytes32(),
                  reader.address(),
                  reader.bytes32());
          case 4 -> new AcknowledgeHead(reader.bytes(MAXIMUM_MESSAGE), reader.bytes32());
          case 5 -> new ReleaseSeed(reader.uint64());
          case 6 ->
              new ServeMaster(reader.bytes(MAXIMUM_MESSAGE), reader.address(), reader.uint32());
          case 7 -> new ReadHeads(reader.bytes(MAXIMUM_MESSAGE), reader.address());
          case 8 -> new GetEvidence();
          default ->
              throw new EnigmaException(
                  ErrorCode.UNKNOWN_REQUEST, "no key-manager call has kind " + kind);
        };
    reader.end();
    return call;
  }

  private static WireWriter begin(int kind) {
    return new WireWriter().uint8(kind);
  }

  /** Who the enclave is. */
  record Identify() implements KeyManagerCall {
    @Override
    public byte[] encode() {
      return begin(1).toByteArray();
    }
  }

  /** Admission of an enclave (rule C1). */
  record Admit(Address operator, Address enclave, int role, Bytes32 nonce, Bytes evidence)
      implements KeyManagerCall {
    @Override
    public byte[] encode() {
      return begin(2)
          .address(operator)
          .address(enclave)
          .uint8(role)
          .bytes32(nonce)
          .bytes(evidence)
          .toByteArray();
    }
  }

  /**
   * A lease (rule S2).
   *
   * @param message the worker enclave's signed request
   * @param realm it asks for
   * @param headerNumber the header the request names
   * @param headerHash its hash
   * @param enclave the worker enclave
   * @param overdue the task that lets a lower rank take over; zero otherwise
   */
  record GrantLease(
      Bytes message,
      Bytes32 realm,
      long headerNumber,
      Bytes32 headerHash,
      Address enclave,
      Bytes32 overdue)
      implements KeyManagerCall {
    @Override
    public byte[] encode() {
      return begin(3)
          .bytes(message)
          .bytes32(realm)
          .uint64(headerNumber)
          .bytes32(headerHash)
          .address(enclave)
          .bytes32(overdue)
          .toByteArray();
    }
  }

  /** Acknowledgement of a head (rule S3). */
  record AcknowledgeHead(Bytes message, Bytes32 realm) implements KeyManagerCall {
    @Override
    public byte[] encode() {
      return begin(4).bytes(message).bytes32(realm).toByteArray();
    }
  }

  /** The seed of an epoch, once it is due (rule C3). */
  record ReleaseSeed(long epoch) implements KeyManagerCall {
    @Override
    public byte[] encode() {
      return begin(5).uint64(epoch).toByteArray();
    }
  }

  /** The master secret, sealed to another listed key manager (rule K5). */
  record ServeMaster(Bytes message, Address requester, long generation) implements KeyManagerCall {
    @Override
    public byte[] encode() {
      return begin(6).bytes(message).address(requester).uint32(generation).toByteArray();
    }
  }

  /** The heads this key manager knows, for one that was restarted (rule S3). */
  record ReadHeads(Bytes message, Address requester) implements KeyManagerCall {
    @Override
    public byte[] encode() {
      return begin(7).bytes(message).address(requester).toByteArray();
    }
  }

  /**
   * What the enclave was listed with, with its collateral: {@code Evidence} that holds an {@code
   * EnclaveEvidence}.
   */
  record GetEvidence() implements KeyManagerCall {
    @Override
    public byte[] encode() {
      return begin(8).toByteArray();
    }
  }
}
