/**
 * Evidence from the machine's own hardware: reads it from the files of Gramine and of Linux, and
 * tells what a machine has. Nothing here falls back to simulation: what is not there is an error
 * with the next step.
 */
@NullMarked
package network.enigma.platform.hardware;

import org.jspecify.annotations.NullMarked;
