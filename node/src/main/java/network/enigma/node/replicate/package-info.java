/**
 * How a realm's sealed history reaches other machines, and how their enclaves vouch that they hold
 * it (Rules S5, C8). One half asks, the other serves.
 */
@NullMarked
package network.enigma.node.replicate;

import org.jspecify.annotations.NullMarked;
