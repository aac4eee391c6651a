package network.enigma.node.schedule;

/**
 * Which realms a worker renews when their tenure is over (rule K3). A renewal costs the renewal
 * fee, which the realm's owner pays where it opened the realm so, and else the worker's operator.
 */
public enum Renewals {
  /** None: owners renew. */
  NEVER,
  /** Those whose owner pays, and those that earned at least the fee in the tenure. */
  WORTHWHILE,
  /** All it holds, as long as its balance lasts. */
  ALWAYS
}
