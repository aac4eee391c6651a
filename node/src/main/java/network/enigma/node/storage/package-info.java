/**
 * What a host keeps on disk: accepted orders, the sealed log of each realm, snapshots, code and
 * results. Every write is synced before it is acknowledged, and many writers share one sync (Rule
 * S5).
 */
@NullMarked
package network.enigma.node.storage;

import org.jspecify.annotations.NullMarked;
