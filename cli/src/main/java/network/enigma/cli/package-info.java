/**
 * The {@code enigma} command: reads arguments, runs a command and says what happened in words or
 * JSON. Every command's failure is a typed error with an exit code by its kind and a remedy.
 */
@NullMarked
package network.enigma.cli;

import org.jspecify.annotations.NullMarked;
