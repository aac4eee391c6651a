/** The untrusted hosts: RPC, storage, replication, routing, scheduling. */
@NullMarked
package network.enigma.node;

import org.jspecify.annotations.NullMarked;
