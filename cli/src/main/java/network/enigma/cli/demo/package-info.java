/**
 * Demonstrations on a running testnet. They use the client as any dApp would and show what happened
 * and who could see what.
 */
@NullMarked
package network.enigma.cli.demo;

import org.jspecify.annotations.NullMarked;
