/**
 * The simulated authority: machines, quoting enclaves, certificates and collateral with the
 * structure and signatures of real ones, under a root whose key is public. Development networks run
 * on it, and every kind of bad evidence that nobody has published is made by it.
 */
@NullMarked
package network.enigma.attestation.simulation;

import org.jspecify.annotations.NullMarked;
