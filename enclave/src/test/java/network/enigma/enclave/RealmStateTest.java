package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import org.junit.jupiter.api.Test;

/** The state of a realm with its layers is what a plain map would be (rule S1). */
class RealmStateTest {
  private static final Address PAYER = Testbed.PAYEE;

  @Provide
  Arbitrary<Map<Bytes, Optional<Bytes>>> changes() {
    Arbitrary<Bytes> keys = Arbitraries.integers().between(0, 8).map(i -> Bytes.ofText("key" + i));
    Arbitrary<Optional<Bytes>> values =
        Arbitraries.strings()
            .alpha()
            .ofMaxLength(12)
            .map(text ->
                text.length() % 3 == 0 ? Optional.<Bytes>empty() : Optional.of(Bytes.ofText(text)));
    return Arbitraries.maps(keys, values).ofMaxSize(5);
  }

  @Provide
  Arbitrary<List<Map<Bytes, Optional<Bytes>>>> history() {
    return changes().list().ofMinSize(1).ofMaxSize(12);
  }

  @Property(tries = 300)
  void layersAppliedSoonerOrLaterGiveTheSameState(
      @ForAll("history") List<Map<Bytes, Optional<Bytes>>> history, @ForAll boolean soon) {
    RealmState base = new RealmState();
    Map<Bytes, Bytes> model = new TreeMap<>();
    StateReader top = base;
    StateLayer below = null;
    long header = 0;
    for (Map<Bytes, Optional<Bytes>> changes : history) {
      StateLayer layer = new StateLayer(top, ++header);
      layer.apply(changes);
      changes.forEach((key, value) ->
          value.ifPresentOrElse(present -> model.put(key, present), () -> model.remove(key)));
      if (soon && below != null) {
        base.apply(below.changes());
        layer.rebase(base);
      }
      below = layer;
      top = layer;
      assertSame(top, model);
    }
    RealmState reloaded = new RealmState();
    reloaded.apply(copy(snapshotOf(history)));
    assertSame(reloaded, model);
  }

  private static StateChanges snapshotOf(List<Map<Bytes, Optional<Bytes>>> history) {
    RealmState state = new RealmState();
    long header = 0;
    for (Map<Bytes, Optional<Bytes>> changes : history) {
      StateLayer layer = new StateLayer(state, ++header);
      layer.apply(changes);
      state.apply(copy(layer.changes()));
    }
    return state.everything(header);
  }

  /** Through the form in which deltas carry it. */
  private static StateChanges copy(StateChanges changes) {
    WireWriter writer = new WireWriter();
    changes.write(writer);
    WireReader reader = new WireReader(writer.toByteArray());
    StateChanges read = StateChanges.read(reader);
    reader.end();
    assertThat(read).isEqualTo(changes);
    return read;
  }

  private static void assertSame(StateReader state, Map<Bytes, Bytes> model) {
    long size = 0;
    for (int i = 0; i <= 8; i++) {
      Bytes key = Bytes.ofText("key" + i);
      byte[] value = state.get(key);
      assertThat(value == null ? null : Bytes.of(value)).isEqualTo(model.get(key));
      if (value != null) {
        size += key.length() + value.length;
      }
    }
    assertThat(state.sizeInBytes()).isEqualTo(size);
  }

  @Test
  void saltsAreForgottenWhenTheirOrdersHaveExpired() {
    RealmState state = new RealmState();
    Bytes32 key = UsedSalt.key(PAYER, Bytes32.zero());
    StateLayer layer = new StateLayer(state, 5);
    layer.use(key, new UsedSalt(Keccak.hashText("task"), 7, false));
    state.apply(layer.changes());
    state.apply(StateChanges.none(7));
    assertThat(state.usedSalt(key)).isNotNull();
    state.apply(StateChanges.none(8));
    assertThat(state.usedSalt(key)).isNull();
  }

  @Test
  void aFailedBatchLeavesTheStateBelowAlone() {
    RealmState state = new RealmState();
    StateLayer layer = new StateLayer(state, 1);
    layer.spend(PAYER, 5);
    layer.apply(new HashMap<>(Map.of(Bytes.ofText("a"), Optional.of(Bytes.ofText("b")))));
    assertThat(layer.spent(PAYER)).isEqualTo(5);
    assertThat(state.spent(PAYER)).isZero();
    assertThat(state.get(Bytes.ofText("a"))).isNull();
    assertThat(state.sizeInBytes()).isZero();
  }

  @Test
  void sealedLengthsGrowInFewSteps() {
    assertThat(StateSealer.paddedLength(1)).isEqualTo(4_096);
    assertThat(StateSealer.paddedLength(4_096)).isEqualTo(4_096);
    assertThat(StateSealer.paddedLength(4_097)).isEqualTo(4_352);
    assertThat(StateSealer.paddedLength(1_000_000)).isBetween(1_000_000, 1_130_000);
  }
}
