/** Tests of the channel's messages. */
@NullMarked
package network.enigma.protocol.channel;

import org.jspecify.annotations.NullMarked;
