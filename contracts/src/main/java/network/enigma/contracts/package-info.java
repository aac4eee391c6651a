/** The deployed contracts as Java sees them: bindings generated from the compiler's output. */
@NullMarked
package network.enigma.contracts;

import org.jspecify.annotations.NullMarked;
