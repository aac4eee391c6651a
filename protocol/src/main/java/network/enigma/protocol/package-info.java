/** Values, formats and cryptography shared by every part. */
@NullMarked
package network.enigma.protocol;

import org.jspecify.annotations.NullMarked;
