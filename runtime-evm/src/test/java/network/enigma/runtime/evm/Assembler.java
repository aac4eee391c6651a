package network.enigma.runtime.evm;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;

/** Writes bytecode for tests: instructions, numbers, and labels that are filled in at the end. */
final class Assembler {
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final Map<String, Integer> labels = new HashMap<>();
  private final Map<Integer, String> jumps = new LinkedHashMap<>();

  Assembler op(int... instructions) {
    for (int instruction : instructions) {
      code.write(instruction);
    }
    return this;
  }

  Assembler push(long number) {
    return push(new BigInteger(Long.toUnsignedString(number)));
  }

  Assembler push(BigInteger number) {
    if (number.signum() == 0) {
      return op(Op.PUSH0);
    }
    byte[] bytes = number.toByteArray();
    int start = bytes[0] == 0 ? 1 : 0;
    op(Op.PUSH1 + bytes.length - start - 1);
    code.write(bytes, start, bytes.length - start);
    return this;
  }

  Assembler push(Address address) {
    return push(address.toBigInteger());
  }

  Assembler label(String name) {
    labels.put(name, code.size());
    return op(Op.JUMPDEST);
  }

  Assembler jump(String label) {
    return target(label).op(Op.JUMP);
  }

  Assembler jumpIf(String label) {
    return target(label).op(Op.JUMPI);
  }

  private Assembler target(String label) {
    op(Op.PUSH2);
    jumps.put(code.size(), label);
    return op(0, 0);
  }

  /** memory[offset] = the word on the stack. */
  Assembler store(int offset) {
    return push(offset).op(Op.MSTORE);
  }

  /** Returns memory from 0 on. */
  Assembler giveBack(int length) {
    return push(length).push(0).op(Op.RETURN);
  }

  /** Reverts with memory from 0 on. */
  Assembler revert(int length) {
    return push(length).push(0).op(Op.REVERT);
  }

  /** Calls with input from memory 0 and output to memory 0; leaves the success on the stack. */
  Assembler call(Address target, int inputLength, int outputLength) {
    return push(outputLength)
        .push(0)
        .push(inputLength)
        .push(0)
        .push(0)
        .push(target)
        .op(Op.GAS, Op.CALL);
  }

  /** The same without the right to write. */
  Assembler staticCall(Address target, int inputLength, int outputLength) {
    return push(outputLength)
        .push(0)
        .push(inputLength)
        .push(0)
        .push(target)
        .op(Op.GAS, Op.STATICCALL);
  }

  Bytes code() {
    byte[] bytes = code.toByteArray();
    jumps.forEach((at, label) -> {
      int to = Objects.requireNonNull(labels.get(label), label);
      bytes[at] = (byte) (to >> 8);
      bytes[at + 1] = (byte) to;
    });
    return Bytes.of(bytes);
  }

  /** Creation code that stores this code. */
  Bytes creation() {
    return creationOf(code());
  }

  static Bytes creationOf(Bytes runtime) {
    byte[] prefix = {
      (byte) Op.PUSH2,
      (byte) (runtime.length() >> 8),
      (byte) runtime.length(),
      (byte) Op.DUP1,
      (byte) Op.PUSH1,
      13,
      (byte) Op.PUSH0,
      (byte) Op.CODECOPY,
      (byte) Op.PUSH0,
      (byte) Op.RETURN,
      0,
      0,
      0
    };
    return Bytes.concat(Bytes.of(prefix), runtime);
  }
}
