/** Tests of fetching and keeping collateral, against a vendor on this machine. */
@NullMarked
package network.enigma.platform.collateral;

import org.jspecify.annotations.NullMarked;
