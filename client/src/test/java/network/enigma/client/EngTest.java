package network.enigma.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import network.enigma.protocol.EnigmaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngTest {
  @Test
  void amountsAreWrittenAsPeopleReadThem() {
    assertThat(Eng.text(0)).isEqualTo("0");
    assertThat(Eng.text(1)).isEqualTo("0.00000001");
    assertThat(Eng.text(1_250_000_000)).isEqualTo("12.5");
    assertThat(Eng.text(100_000_000_000_000L)).isEqualTo("1000000");
  }

  @Test
  void amountsAreReadExactly() {
    assertThat(Eng.units("12.5")).isEqualTo(1_250_000_000);
    assertThat(Eng.units("0.00000001")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "0.000000001", "ten", "", "1e40", "NaN"})
  void whatIsNoAmountIsRefused(String text) {
    assertThatThrownBy(() -> Eng.units(text)).isInstanceOf(EnigmaException.class);
  }
}
