package network.enigma.protocol;

import java.util.Optional;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What an enclave says of an address of a realm (rule E4), asked by {@link #question} in a query's
 * envelope: whether a contract is there, by which terms, and which code it runs. All of it is
 * public.
 */
public sealed interface ContractDescription {
  /** The first and only byte of the question: a query's payload begins with 0 or 1. */
  int QUESTION = 4;

  /** Nothing is there. */
  record Nothing() implements ContractDescription {}

  /** A contract that another contract of the realm made while it ran: nobody can upgrade it. */
  record Made() implements ContractDescription {}

  /**
   * A contract that was deployed by an order.
   *
   * @param terms what its address commits to
   * @param codeHash of the creation code that it runs by now; empty while no constructor succeeded
   */
  record Deployed(ContractTerms terms, Optional<Bytes32> codeHash) implements ContractDescription {}

  /** What is sealed in a query's envelope, in the place of a {@link QueryPayload}. */
  static byte[] question() {
    return new byte[] {QUESTION};
  }

  /** Whether the plaintext of a query's envelope is the question. */
  static boolean isQuestion(byte[] payload) {
    return payload.length == 1 && payload[0] == QUESTION;
  }

  default byte[] encode() {
    WireWriter to = new WireWriter();
    switch (this) {
      case Nothing nothing -> to.uint8(0);
      case Made made -> to.uint8(1);
      case Deployed(ContractTerms terms, Optional<Bytes32> codeHash) -> {
        to.uint8(2);
        terms.write(to);
        to.optional(codeHash, WireWriter::bytes32);
      }
    }
    return to.toByteArray();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} on anything else
   */
  static ContractDescription decode(byte[] message) {
    WireReader from = new WireReader(message);
    int kind = from.uint8();
    ContractDescription description =
        switch (kind) {
          case 0 -> new Nothing();
          case 1 -> new Made();
          case 2 -> new Deployed(ContractTerms.read(from), from.optional(WireReader::bytes32));
          default ->
              throw new EnigmaException(
                  ErrorCode.MALFORMED_MESSAGE, "no description of a contract has kind " + kind);
        };
    from.end();
    return description;
  }
}
