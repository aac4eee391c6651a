package network.enigma.protocol.channel;

import java.util.Arrays;

/** Names the kind of a channel message without reading it, for logs. */
public enum RequestName {
  CONFIGURE(1),
  ATTEST(2),
  ADVANCE_HEADERS(3),
  GENERATE_MASTER(32),
  REQUEST_MASTER(33),
  SERVE_MASTER(34),
  RECEIVE_MASTER(35),
  ADMIT(36),
  GRANT_LEASE(37),
  ACKNOWLEDGE_HEAD(38),
  RELEASE_SEED(39),
  REQUEST_HEADS(40),
  READ_HEADS(41),
  LOAD_HEADS(42),
  RESUME_BY_NONCE(43),
  COUNT_AS_FOUNDER(44),
  REQUEST_LEASE(96),
  TAKE_LEASE(97),
  ACCEPT(98),
  EXECUTE(99),
  SNAPSHOT(100),
  RELEASE(101),
  CONFIRM_COMMITTED(102),
  ANSWER_QUERY(103),
  HOLD_DELTA(104),
  DROP_REALM(105),
  OPEN_STEP(106),
  /** Nothing an enclave knows. */
  UNKNOWN(-1);

  private static final RequestName[] BY_KIND = byKind();

  private final int kind;

  RequestName(int kind) {
    this.kind = kind;
  }

  private static RequestName[] byKind() {
    RequestName[] names = new RequestName[256];
    Arrays.fill(names, UNKNOWN);
    for (RequestName each : values()) {
      if (each.kind >= 0) {
        names[each.kind] = each;
      }
    }
    return names;
  }

  /** The kind of an encoded request. */
  public static RequestName of(byte[] request) {
    return request.length == 0 ? UNKNOWN : BY_KIND[request[0] & 0xff];
  }

  /** Whether an encoded answer is a failure. */
  public static boolean isRefusal(byte[] answer) {
    return answer.length > 0 && (answer[0] & 0xff) == SharedResponse.Failure.KIND;
  }

  /** Whether it comes with every task or block. */
  public boolean isFrequent() {
    return this == ACCEPT || this == ADVANCE_HEADERS;
  }
}
