/** Tests of enclaves behind their channel, in the process and as child processes. */
@NullMarked
package network.enigma.platform;

import org.jspecify.annotations.NullMarked;
