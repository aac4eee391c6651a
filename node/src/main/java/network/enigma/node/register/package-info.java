/**
 * Makes a worker known to the network: admission by key managers, registration, seats, log-in
 * (rules C1, C2).
 */
@NullMarked
package network.enigma.node.register;

import org.jspecify.annotations.NullMarked;
