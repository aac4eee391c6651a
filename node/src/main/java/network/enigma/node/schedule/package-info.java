/**
 * From an accepted order to an anchored result: orders wait per realm, are run in batches as the
 * enclave is free, anchored by key managers and published. One holder per realm owns the order of
 * things.
 */
@NullMarked
package network.enigma.node.schedule;

import org.jspecify.annotations.NullMarked;
