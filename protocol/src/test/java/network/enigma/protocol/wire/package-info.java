/** Tests of the binary form of messages. */
@NullMarked
package network.enigma.protocol.wire;

import org.jspecify.annotations.NullMarked;
