/** What every contract engine implements: metering, limits, environment. */
@NullMarked
package network.enigma.runtime;

import org.jspecify.annotations.NullMarked;
