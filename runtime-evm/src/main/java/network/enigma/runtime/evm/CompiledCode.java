package network.enigma.runtime.evm;

/**
 * Code translated to JVM bytecode by {@link CodeCompiler}. It runs a frame like {@link Interpreter}
 * does, from any point that is one of its entries, and hands the frame to the interpreter wherever
 * it cannot go on exactly: near the end of the gas or of the stack, and at points it does not know.
 */
abstract class CompiledCode {
  /** A result beside those of {@link Halt}: the interpreter must go on with this frame. */
  static final int INTERPRET = -1;

  /** A result beside those of {@link Halt}: the frame stands at another entry. */
  static final int JUMPED = -2;

  /** The entry at each place in the code, or −1; as long as the code and its padding. */
  final short[] entries;

  /** The method that has each entry. */
  private final short[] methods;

  /** Bytes of the class file. */
  final int size;

  CompiledCode(Layout layout) {
    this.entries = layout.entries();
    this.methods = layout.methods();
    this.size = layout.size();
  }

  /** Where things are in a compiled class; its arrays are the compiled code's own. */
  record Layout(short[] entries, short[] methods, int size) {}

  /** Runs from an entry; implemented by the generated class. */
  abstract int run(Machine machine, Frame frame, int method, int entry);

  /** Runs the frame from where it stands; gives a number of {@link Halt} or INTERPRET. */
  final int run(Machine machine, Frame frame) {
    for (; ; ) {
      int entry = entries[frame.pc];
      if (entry < 0) {
        return INTERPRET;
      }
      int result = run(machine, frame, methods[entry], entry);
      if (result != JUMPED) {
        return result;
      }
    }
  }
}
