/** The enigma command. */
@NullMarked
package network.enigma.cli;

import org.jspecify.annotations.NullMarked;
