/**
 * Where the Enigma contract keeps which fact in its storage, and how the facts are packed into
 * words. Enclaves read the facts from proven storage; a test holds every position against the
 * compiler's own layout.
 */
@NullMarked
package network.enigma.ethereum.storage;

import org.jspecify.annotations.NullMarked;
