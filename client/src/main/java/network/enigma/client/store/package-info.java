/**
 * What a client must not forget: the secrets that open results still to come, and the contracts it
 * knows. Losing them loses results, so they are written before an order is sent.
 */
@NullMarked
package network.enigma.client.store;

import org.jspecify.annotations.NullMarked;
