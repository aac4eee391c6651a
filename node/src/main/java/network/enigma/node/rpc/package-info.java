/**
 * The door for users: JSON-RPC 2.0 over HTTP and WebSocket, health and metrics. It reads requests
 * as hostile input, limits them, and hands them to methods as typed values.
 */
@NullMarked
package network.enigma.node.rpc;

import org.jspecify.annotations.NullMarked;
