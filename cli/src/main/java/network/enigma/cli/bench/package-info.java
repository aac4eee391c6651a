/**
 * Measurements that anybody can repeat on their own machine. Each reports what it measured beside
 * the aim, also where it falls short.
 */
@NullMarked
package network.enigma.cli.bench;

import org.jspecify.annotations.NullMarked;
