/** What an enclave process needs of its machine. */
@NullMarked
package network.enigma.platform;

import org.jspecify.annotations.NullMarked;
