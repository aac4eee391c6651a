package network.enigma.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a client's builder decided and the clients of its session keys inherit.
 *
 * @param patience how long waiting for a task may take
 * @param keyPatience how long to wait for a realm's key
 * @param nodeTimeout after how long without an answer the next node is tried
 * @param home the installation whose Solidity compiler is used
 * @param listener receives what the client is doing, on the thread that does it
 */
record Settings(
    Duration patience,
    Duration keyPatience,
    Duration nodeTimeout,
    boolean allowSimulated,
    Optional<Path> home,
    UpgradePolicy upgradePolicy,
    Consumer<ClientEvent> listener) {}
