/** Tests of evidence from hardware, against files that behave as the kernel's and Gramine's do. */
@NullMarked
package network.enigma.platform.hardware;

import org.jspecify.annotations.NullMarked;
