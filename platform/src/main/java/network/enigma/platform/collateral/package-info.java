/**
 * Gets what hardware vendors sign about their machines: from Intel's provisioning certification
 * service or a cache of it (PCS, PCCS) and AMD's key distribution service (KDS), kept in a
 * directory until it ends. Nothing here is trusted: verifiers check every signature again.
 */
@NullMarked
package network.enigma.platform.collateral;

import org.jspecify.annotations.NullMarked;
