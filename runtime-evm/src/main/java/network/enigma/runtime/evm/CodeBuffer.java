package network.enigma.runtime.evm;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JVM instructions that are not yet in a method, with an upper bound of their size: what {@link
 * Trace} writes and {@link CodeCompiler} puts together.
 */
final class CodeBuffer {
  static final ClassDesc MACHINE = ClassDesc.of(Machine.class.getName());
  static final ClassDesc FRAME = ClassDesc.of(Frame.class.getName());
  static final ClassDesc ACCOUNT = ClassDesc.of(Account.class.getName());
  static final ClassDesc OPERATIONS = ClassDesc.of(Operations.class.getName());
  static final ClassDesc WORDS = ClassDesc.of(Words.class.getName());
  static final ClassDesc COMPILED = ClassDesc.of(CompiledCode.class.getName());
  static final ClassDesc LONGS = ConstantDescs.CD_long.arrayType();
  static final ClassDesc BYTES = ConstantDescs.CD_byte.arrayType();

  // The local variables of every generated method.
  static final int SELF = 0;
  static final int M = 1;
  static final int F = 2;
  static final int ENTRY = 3;
  static final int S = 4;
  static final int MEMORY = 5;
  static final int MEMORY_SIZE = 6;
  static final int MEMORY_BASE = 7;
  static final int SP = 8;
  static final int STACK_BASE = 9;
  static final int GAS = 10;
  static final int PC = 12;
  static final int TURNS = 13;
  static final int FREE = 14;

  /** Where labels are found while a method is written. */
  interface Labels {
    /** A label of the trace by its number. */
    Label local(int number);

    /** The label of an entry, or null if it lies in another method. */
    @Nullable Label entry(int pc);

    /** The label behind which a jump to {@link #PC} is resolved. */
    Label dispatch();
  }

  private interface Piece {
    void write(CodeBuilder builder, Labels labels);
  }

  private final List<Piece> pieces = new ArrayList<>();
  private int size;

  /** Upper bound of the bytes. */
  int size() {
    return size;
  }

  void write(CodeBuilder builder, Labels labels) {
    for (Piece piece : pieces) {
      piece.write(builder, labels);
    }
  }

  private void add(int bytes, Piece piece) {
    size += bytes;
    pieces.add(piece);
  }

  private static int slotSize(int slot) {
    return slot > 255 ? 4 : 2;
  }

  CodeBuffer lload(int slot) {
    add(slotSize(slot), (b, l) -> b.lload(slot));
    return this;
  }

  CodeBuffer lstore(int slot) {
    add(slotSize(slot), (b, l) -> b.lstore(slot));
    return this;
  }

  CodeBuffer iload(int slot) {
    add(slotSize(slot), (b, l) -> b.iload(slot));
    return this;
  }

  CodeBuffer istore(int slot) {
    add(slotSize(slot), (b, l) -> b.istore(slot));
    return this;
  }

  CodeBuffer aload(int slot) {
    add(slotSize(slot), (b, l) -> b.aload(slot));
    return this;
  }

  CodeBuffer astore(int slot) {
    add(slotSize(slot), (b, l) -> b.astore(slot));
    return this;
  }

  CodeBuffer constant(long value) {
    add(3, (b, l) -> b.loadConstant(value));
    return this;
  }

  CodeBuffer constant(int value) {
    add(3, (b, l) -> b.loadConstant(value));
    return this;
  }

  CodeBuffer op(Opcode opcode) {
    add(
        1,
        (b, l) -> {
          switch (opcode.kind()) {
            case OPERATOR -> b.with(OperatorInstruction.of(opcode));
            case CONVERT -> b.with(ConvertInstruction.of(opcode));
            case ARRAY_LOAD -> b.with(ArrayLoadInstruction.of(opcode));
            case STACK -> b.with(StackInstruction.of(opcode));
            case ARRAY_STORE -> b.with(ArrayStoreInstruction.of(opcode));
            default -> throw new IllegalArgumentException("not a plain instruction: " + opcode);
          }
        });
    return this;
  }

  /** An index of the stack's array: so many longs from where the trace was entered. */
  CodeBuffer stackIndex(int longs) {
    iload(SP);
    return longs == 0 ? this : constant(longs).op(Opcode.IADD);
  }

  CodeBuffer field(ClassDesc owner, String name, ClassDesc type) {
    add(3, (b, l) -> b.getfield(owner, name, type));
    return this;
  }

  CodeBuffer call(ClassDesc owner, String name, MethodTypeDesc type) {
    add(3, (b, l) -> b.invokestatic(owner, name, type));
    return this;
  }

  CodeBuffer ireturn() {
    add(1, (b, l) -> b.ireturn());
    return this;
  }

  CodeBuffer bind(int label) {
    add(0, (b, l) -> b.labelBinding(l.local(label)));
    return this;
  }

  CodeBuffer branch(Opcode opcode, int label) {
    // A far branch is written as a near one around a wide jump.
    add(8, (b, l) -> b.branch(opcode, l.local(label)));
    return this;
  }

  /**
   * Goes to an entry, in this method or another.
   *
   * @param closesLoop whether the way there may lead back here: it then counts as a {@link #TURNS
   *     turn}
   */
  CodeBuffer jump(int pc, int longs, boolean closesLoop) {
    add(
        closesLoop ? 48 : 20,
        (b, l) -> {
          Label here = l.entry(pc);
          if (here == null) {
            leave("jump", pc, longs, b);
            return;
          }
          if (closesLoop) {
            Label goesOn = b.newLabel();
            b.iinc(TURNS, -1).iload(TURNS).ifge(goesOn);
            leave("jump", pc, longs, b);
            b.labelBinding(goesOn);
          }
          move(longs, b);
          b.goto_(here);
        });
    return this;
  }

  /** Goes to the entry whose place in the code is in {@link #PC}. */
  CodeBuffer dispatch(int longs) {
    add(
        12,
        (b, l) -> {
          move(longs, b);
          b.goto_(l.dispatch());
        });
    return this;
  }

  /** Leaves the frame to the interpreter. */
  CodeBuffer interpret(int pc, int longs) {
    add(20, (b, l) -> leave("interpret", pc, longs, b));
    return this;
  }

  private static void move(int longs, CodeBuilder b) {
    if (longs != 0) {
      b.iinc(SP, longs);
    }
  }

  private static void leave(String how, int pc, int longs, CodeBuilder b) {
    b.aload(F).loadConstant(pc).iload(SP);
    if (longs != 0) {
      b.loadConstant(longs).iadd();
    }
    b.lload(GAS).invokestatic(OPERATIONS, how, LEAVE).ireturn();
  }

  static final MethodTypeDesc LEAVE =
      MethodTypeDesc.of(
          ConstantDescs.CD_int,
          FRAME,
          ConstantDescs.CD_int,
          ConstantDescs.CD_int,
          ConstantDescs.CD_long);
}
