/**
 * How a worker comes to hold a realm: request, grants of key managers, state, and the announcement
 * of the input key (Rules S2, K2). Also how the worker comes to be registered (Rule C1).
 */
@NullMarked
package network.enigma.node.lease;

import org.jspecify.annotations.NullMarked;
