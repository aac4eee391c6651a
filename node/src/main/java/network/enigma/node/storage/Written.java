package network.enigma.node.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Changes that survive a kill of the process already, on their way to surviving a power cut. */
public final class Written {
  private final CompletableFuture<@Nullable Void> synced;

  Written(CompletableFuture<@Nullable Void> synced) {
    this.synced = synced;
  }

  /**
   * Waits until the changes would survive a power cut.
   *
   * @throws EnigmaException {@link ErrorCode#STORAGE_FAILED}
   */
  public void await() {
    try {
      synced.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.STORAGE_FAILED, "interrupted while writing");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EnigmaException enigma
          ? enigma
          : new EnigmaException(ErrorCode.STORAGE_FAILED, String.valueOf(e.getCause()));
    }
  }
}
