/**
 * What every contract engine implements: one call on one realm's state, metered and bounded, with
 * everything it may see or ask for passed in. Engines are pure: the same arguments give the same
 * result on every machine.
 */
@NullMarked
package network.enigma.runtime;

import org.jspecify.annotations.NullMarked;
