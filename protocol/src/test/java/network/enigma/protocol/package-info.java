/** Tests of the protocol's values and formats. */
@NullMarked
package network.enigma.protocol;

import org.jspecify.annotations.NullMarked;
