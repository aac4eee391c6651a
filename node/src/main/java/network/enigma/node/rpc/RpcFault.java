package network.enigma.node.rpc;

/** A fault of the JSON-RPC frame itself, with its standard number. */
final class RpcFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int number;
  private final String name;

  private RpcFault(int number, String name, String message) {
    super(message);
    this.number = number;
    this.name = name;
  }

  static RpcFault malformedJson(String message) {
    return new RpcFault(-32700, "MALFORMED_JSON", message);
  }

  static RpcFault invalidRequest(String message) {
    return new RpcFault(-32600, "INVALID_REQUEST", message);
  }

  static RpcFault methodNotFound(String method) {
    return new RpcFault(-32601, "METHOD_NOT_FOUND", "there is no method " + method);
  }

  static RpcFault invalidParameters(String message) {
    return new RpcFault(-32602, "INVALID_ARGUMENT", message);
  }

  int number() {
    return number;
  }

  String name() {
    return name;
  }
}
