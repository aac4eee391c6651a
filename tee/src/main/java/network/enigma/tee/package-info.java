/**
 * What both trusted cores share: identity, the anchored view of the chain, the secrets of realms.
 * Pure: entropy, sealing key and evidence come from the machine through {@link
 * network.enigma.tee.Machine}, time comes from block headers.
 */
@NullMarked
package network.enigma.tee;

import org.jspecify.annotations.NullMarked;
