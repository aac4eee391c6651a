/**
 * What an enclave process needs of its machine (rule T1): evidence, a sealing key, a main class,
 * and the channel from host to enclave. The same trusted cores run behind it in the host's process,
 * in a child process, and inside a TEE.
 */
@NullMarked
package network.enigma.platform;

import org.jspecify.annotations.NullMarked;
