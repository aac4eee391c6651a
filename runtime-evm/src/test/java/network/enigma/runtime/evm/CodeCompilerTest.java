package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import network.enigma.protocol.Bytes;
import network.enigma.runtime.Status;
import org.junit.jupiter.api.Test;

class CodeCompilerTest {
  /** From here on the JVM leaves a method to its interpreter. */
  private static final int HUGE_METHOD = 8_000;

  private static Code repeated(int length, int... pattern) {
    byte[] code = new byte[length];
    for (int i = 0; i < length; i++) {
      code[i] = (byte) pattern[i % pattern.length];
    }
    return new Code(code);
  }

  private static List<Code> hostileCodes() {
    List<Code> codes = new ArrayList<>();
    codes.add(repeated(24_576, Op.JUMPDEST));
    codes.add(repeated(24_576, Op.DUP1, Op.MUL));
    codes.add(repeated(24_576, Op.GAS));
    codes.add(repeated(24_576, Op.PUSH1, 0, Op.CALLDATALOAD, Op.JUMPDEST, Op.DUP1, Op.JUMPI));
    codes.add(repeated(24_576, Op.JUMPDEST, Op.PUSH1, 0, Op.JUMP));
    codes.add(repeated(24_576, Op.CALLDATASIZE, Op.PUSH2, 0x11, 0x5b, Op.JUMPI, Op.MSTORE8));
    codes.add(repeated(49_152, Op.PUSH0, Op.MLOAD, Op.PUSH0, Op.MSTORE));
    byte[] noise = new byte[24_576];
    new Random(5).nextBytes(noise);
    codes.add(new Code(noise));
    return codes;
  }

  @Test
  void noMethodIsTooLongForTheJvmAndNoClassIsLongerThanItsBudget() {
    for (Code code : hostileCodes()) {
      byte[] file = CodeCompiler.classFile(code);
      if (file == null) {
        continue;
      }
      assertThat(file.length).isLessThan(4 * CodeCompiler.budget(code.length));
      for (MethodModel method : ClassFile.of().parse(file).methods()) {
        int size =
            method
                .findAttribute(java.lang.classfile.Attributes.code())
                .map(CodeAttribute::codeLength)
                .orElse(0);
        assertThat(size)
            .as(method.methodName().stringValue())
            .isLessThan(method.methodName().stringValue().equals("run") ? 65_536 : HUGE_METHOD);
      }
    }
  }

  @Test
  void codeIsCompiledOnlyWhenItIsHot() {
    Assembler loop =
        new Assembler()
            .push(0)
            .op(Op.CALLDATALOAD)
            .label("again")
            .push(1)
            .op(Op.SWAP1, Op.SUB, Op.DUP1)
            .jumpIf("again")
            .op(Op.STOP);
    Code code = new Code(loop.code().toByteArray());
    Compilation compilation = Compilation.ofHotCode();
    int heat = compilation.initialHeat(code.length);
    TestRealm realm = new TestRealm(compilation).with(TestRealm.CONTRACT, loop);
    Code stored = realm.code(TestRealm.CONTRACT);

    realm.call(TestRealm.CONTRACT, TestRealm.word(heat / 2));
    assertThat(stored.compiled).isNull();

    long interpreted = realm.call(TestRealm.CONTRACT, TestRealm.word(5)).gasUsed();
    assertThat(realm.call(TestRealm.CONTRACT, TestRealm.word(heat)).status())
        .isEqualTo(Status.SUCCESS);
    assertThat(stored.compiled).isNotNull();
    assertThat(realm.call(TestRealm.CONTRACT, TestRealm.word(5)).gasUsed()).isEqualTo(interpreted);
  }

  @Test
  void theLongestKeptClassGoesWhenThereAreTooMany() {
    Compilation compilation = Compilation.ofAllCode();
    List<Code> codes = new ArrayList<>();
    for (int i = 0; i <= Compilation.MAXIMUM_CLASSES; i++) {
      Code code = new Code(new Assembler().push(i).op(Op.POP, Op.STOP).code().toByteArray());
      compilation.compile(code);
      codes.add(code);
    }
    assertThat(codes.getFirst().compiled).isNull();
    assertThat(codes.get(1).compiled).isNotNull();
    assertThat(codes.getLast().compiled).isNotNull();
  }

  @Test
  void everyGasLimitEndsLikeInterpreted() {
    Assembler program =
        new Assembler()
            .push(3)
            .label("again")
            .op(Op.DUP1, Op.DUP1, Op.MUL)
            .op(Op.DUP1 + 1, Op.SSTORE)
            .push(64)
            .push(7)
            .op(Op.KECCAK256)
            .push(512)
            .op(Op.MSTORE, Op.GAS)
            .push(5)
            .op(Op.TSTORE)
            .push(1)
            .op(Op.SWAP1, Op.SUB, Op.DUP1)
            .jumpIf("again")
            .push(512)
            .op(Op.MLOAD)
            .store(0)
            .giveBack(32);
    TestRealm interpreted = new TestRealm().with(TestRealm.CONTRACT, program);
    TestRealm compiled = new TestRealm(Compilation.ofAllCode()).with(TestRealm.CONTRACT, program);
    long needed = interpreted.peek(TestRealm.CONTRACT, TestRealm.GAS).gasUsed();
    for (long gas = 0; gas < needed + 20_000; gas += gas < 3_000 ? 1 : 37) {
      var expected = interpreted.peek(TestRealm.CONTRACT, gas);
      var actual = compiled.peek(TestRealm.CONTRACT, gas);
      assertThat(actual.status()).as("gas " + gas).isEqualTo(expected.status());
      assertThat(actual.failure()).isEqualTo(expected.failure());
      assertThat(actual.gasUsed()).isEqualTo(expected.gasUsed());
      assertThat(actual.output()).isEqualTo(expected.output());
      assertThat(Objects.requireNonNull(actual.changes())).isEqualTo(expected.changes());
    }
    assertThat(Bytes.empty()).isEqualTo(interpreted.peek(TestRealm.CONTRACT, 0).output());
  }
}
