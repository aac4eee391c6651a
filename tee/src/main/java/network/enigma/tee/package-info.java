/** What both trusted cores share: identity, sealed messages, anchored chain view. */
@NullMarked
package network.enigma.tee;

import org.jspecify.annotations.NullMarked;
