/** The Java client library. */
@NullMarked
package network.enigma.client;

import org.jspecify.annotations.NullMarked;
