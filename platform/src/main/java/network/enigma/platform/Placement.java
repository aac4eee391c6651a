package network.enigma.platform;

/** Where an enclave runs. */
public enum Placement {
  /** In the host's own process. Still nothing but byte messages passes between them. */
  IN_PROCESS,
  /** In a child process, which ends with its host. */
  CHILD_PROCESS
}
