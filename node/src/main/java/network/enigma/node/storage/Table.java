package network.enigma.node.storage;

/** The column families of the database. */
enum Table {
  /** Single facts by name: the enclave's sealed state, the chain position. */
  FACTS,
  /** Realm id ‖ end sequence → {@link LogEntry}. */
  LOG,
  /** Realm id ‖ task id → {@link StoredOrder}. */
  ORDERS,
  /** Realm id ‖ task id → {@link StoredResult}. */
  RESULTS,
  /** Realm id ‖ task id → {@link StoredOrder} that another worker is to run. */
  KEPT
}
