package network.enigma.attestation;

/** A fact about a machine or program that a policy may refuse. */
public enum Trait {
  /** Whoever owns the machine may read the program's memory. */
  DEBUG("debugging is on: the owner of the machine can read its memory"),
  /** SGX: the enclave may use the provisioning key. */
  PROVISIONING_KEY("it may use the provisioning key"),
  /** SGX: the enclave may use the launch token key. */
  LAUNCH_KEY("it may use the launch token key"),
  /** Attributes are set that the vendor reserves. */
  RESERVED_ATTRIBUTES("it has attributes that the vendor reserves"),
  /** TDX: exceptions of secure page tables reach the guest (SEPT_VE_DISABLE is clear). */
  PAGE_EXCEPTIONS("its host can make its pages fault at will"),
  /** TDX: a service trust domain is bound to this one (MRSERVICETD is not zero). */
  SERVICE_DOMAIN("another trust domain serves it"),
  /** TDX and SNP: the program may be moved to another machine. */
  MIGRATABLE("it may be moved to another machine"),
  /** TDX: performance counters of the trust domain are open. */
  PERFORMANCE_COUNTERS("performance counters are open to it"),
  /** Hyper-threads of one core may run strangers. */
  MULTITHREADING("hyper-threading is on"),
  /** Intel: the platform's set of packages may change. */
  DYNAMIC_PLATFORM("packages may be added to the platform"),
  /** Intel: the vendor keeps copies of the platform's keys. */
  CACHED_KEYS("the platform's root keys are kept by the vendor"),
  /** SNP: the report is about a privilege level other than 0. */
  LESSER_PRIVILEGE("it runs below another program of the same machine"),
  /** SNP: signed by a key of the operator, not of one chip. */
  OPERATOR_KEY("signed by a key of the cloud operator, which no chip stands for"),
  /** SNP: the chip's identity is not in the report. */
  CHIP_HIDDEN("the chip hides its identity"),
  /** SNP: the firmware has not looked for aliased memory (BadRAM). */
  ALIASES_UNCHECKED("the firmware has not checked memory for aliases"),
  /** SNP: the host reads ciphertext of the guest. */
  CIPHERTEXT_VISIBLE("the host can read the ciphertext of its memory"),
  /** No revocation list was at hand, so that revocation is not excluded. */
  REVOCATION_UNCHECKED("no list of revoked certificates was at hand");

  private final String label;

  Trait(String label) {
    this.label = label;
  }

  /** The fact in plain words. */
  public String label() {
    return label;
  }
}
