/**
 * How hosts talk: gRPC with mutual TLS whose certificates are bound to operators' keys. Messages
 * are opaque bytes that enclaves sign or seal themselves.
 */
@NullMarked
package network.enigma.node.peer;

import org.jspecify.annotations.NullMarked;
