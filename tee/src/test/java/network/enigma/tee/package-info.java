/** Tests of what both trusted cores share. */
@NullMarked
package network.enigma.tee;

import org.jspecify.annotations.NullMarked;
