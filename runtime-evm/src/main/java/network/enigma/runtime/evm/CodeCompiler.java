package network.enigma.runtime.evm;

import static network.enigma.runtime.evm.CodeBuffer.COMPILED;
import static network.enigma.runtime.evm.CodeBuffer.FRAME;
import static network.enigma.runtime.evm.CodeBuffer.MACHINE;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Translates code to a class of the JVM: a {@link Trace} for each place where execution may enter,
 * gathered in methods small enough for the JVM to optimise. The class is hidden and goes when its
 * only instance does.
 */
final class CodeCompiler {
  /** The JVM compiles no method of 8,000 bytes or more unless told to. */
  private static final int METHOD_SIZE = 7_600;

  /** Traces share a method up to this size: shorter ones are optimised sooner. */
  private static final int SHARED_SIZE = 4_000;

  private static final int MAXIMUM_ENTRIES = 8_000;

  /**
   * How long traces may be to follow jumps, tried in this order until everything fits the budget:
   * following repeats code.
   */
  private static final int[] FOLLOW_SIZES = {1_400, 300, 0};

  /**
   * Jumps back within a method after which it is left and entered again. The JVM counts entries to
   * find out what to optimise, and takes optimised code into use at an entry: a loop of a million
   * turns in one entry would run slowly for long, in some processes and not in others.
   */
  private static final int TURNS = 8;

  private static final MethodTypeDesc PART =
      MethodTypeDesc.of(ConstantDescs.CD_int, COMPILED, MACHINE, FRAME, ConstantDescs.CD_int);
  private static final ClassDesc LAYOUT = ClassDesc.of(CompiledCode.Layout.class.getName());
  private static final ClassDesc GENERATED =
      ClassDesc.of(CompiledCode.class.getPackageName(), "Generated");
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private final Code code;
  private final Set<Integer> loops = new HashSet<>();
  private final Set<Integer> pushed = new TreeSet<>();
  private final Map<Integer, Trace> traces = new LinkedHashMap<>();
  private int size;

  private CodeCompiler(Code code) {
    this.code = code;
  }

  /** Upper bound of the bytes written for code of a length. */
  static int budget(int length) {
    return 24_000 + 48 * length;
  }

  /**
   * Compiles code.
   *
   * @return null if it cannot be compiled within the bounds
   */
  static @Nullable CompiledCode compile(Code code) {
    return new CodeCompiler(code).compile();
  }

  /** The class file for code, or null if it cannot be compiled within the bounds. */
  static byte @Nullable [] classFile(Code code) {
    ClassSource source = new CodeCompiler(code).source();
    return source == null ? null : source.file();
  }

  /** A class file with what its instance is made of. */
  private record ClassSource(byte[] file, short[] entries, short[] methods) {}

  private @Nullable CompiledCode compile() {
    ClassSource source = source();
    if (source == null) {
      return null;
    }
    try {
      Class<?> type = LOOKUP.defineHiddenClass(source.file(), true).lookupClass();
      return (CompiledCode)
          LOOKUP
              .findConstructor(type, MethodType.methodType(void.class, CompiledCode.Layout.class))
              .invoke(
                  new CompiledCode.Layout(
                      source.entries(), source.methods(), source.file().length));
    } catch (Throwable e) {
      throw new IllegalStateException("a compiled contract could not be loaded", e);
    }
  }

  private @Nullable ClassSource source() {
    findJumps();
    for (int followSize : FOLLOW_SIZES) {
      traces.clear();
      size = 0;
      trace(0, followSize);
      for (int target : pushed) {
        trace(target, followSize);
      }
      if (size <= budget(code.length)) {
        break;
      }
    }
    List<List<Trace>> methods = new MethodLayout(order(), SHARED_SIZE, METHOD_SIZE).methods();
    if (!traces.containsKey(0)) {
      return null;
    }
    short[] entries = new short[code.bytes.length];
    Arrays.fill(entries, (short) -1);
    short[] methodOf = new short[traces.size()];
    short number = 0;
    for (short method = 0; method < methods.size(); method++) {
      for (Trace trace : methods.get(method)) {
        entries[trace.entry] = number;
        methodOf[number++] = method;
      }
    }
    byte[] file = ClassFile.of().build(GENERATED, builder -> write(builder, methods, entries));
    return new ClassSource(file, entries, methodOf);
  }

  // ---- what is compiled

  /** Finds targets of backward jumps, and pushed numbers that a jump may take from the stack. */
  private void findJumps() {
    for (int pc = 0; pc < code.length; ) {
      int op = code.bytes[pc] & 0xff;
      int next = pc + Op.length(op);
      if (op >= Op.PUSH1 && op <= Op.PUSH4) {
        int target = 0;
        for (int at = pc + 1; at < next; at++) {
          target = target << 8 | (code.bytes[at] & 0xff);
        }
        if (isDestination(target)) {
          int then = code.bytes[next] & 0xff;
          if (then != Op.JUMP && then != Op.JUMPI) {
            pushed.add(target);
          } else if (target <= pc) {
            loops.add(target);
          }
        }
      }
      pc = next;
    }
  }

  private boolean isDestination(int to) {
    return to >= 0 && to < code.length && (code.destinations()[to >>> 6] >>> to & 1) != 0;
  }

  /** Compiles an entry and whatever it leads to. */
  private void trace(int entry, int followSize) {
    Deque<Integer> waiting = new ArrayDeque<>();
    waiting.add(entry);
    while (!waiting.isEmpty()) {
      int next = waiting.remove();
      if (traces.containsKey(next)
          || traces.size() >= MAXIMUM_ENTRIES
          || size > budget(code.length)) {
        continue;
      }
      Trace trace = new Trace(code, next, loops, followSize);
      if (trace.size() + MethodLayout.OVERHEAD + MethodLayout.SWITCH_CASE > METHOD_SIZE) {
        // Straight code that is too long in one go: the interpreter runs it.
        continue;
      }
      traces.put(next, trace);
      size += trace.size();
      waiting.addAll(trace.successors);
    }
  }

  /** The traces so that those that follow one another are close: depth first. */
  private List<Trace> order() {
    List<Trace> order = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (int root : traces.keySet()) {
      Deque<Integer> open = new ArrayDeque<>();
      open.push(root);
      while (!open.isEmpty()) {
        int entry = open.pop();
        Trace trace = traces.get(entry);
        if (trace != null && seen.add(entry)) {
          order.add(trace);
          trace.successors.forEach(open::push);
        }
      }
    }
    return order;
  }

  // ---- the class

  private void write(ClassBuilder builder, List<List<Trace>> methods, short[] entries) {
    builder.withSuperclass(COMPILED).withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
    builder.withMethodBody(
        ConstantDescs.INIT_NAME,
        MethodTypeDesc.of(ConstantDescs.CD_void, LAYOUT),
        0,
        b ->
            b.aload(0)
                .aload(1)
                .invokespecial(
                    COMPILED,
                    ConstantDescs.INIT_NAME,
                    MethodTypeDesc.of(ConstantDescs.CD_void, LAYOUT))
                .return_());
    builder.withMethodBody(
        "run",
        MethodTypeDesc.of(
            ConstantDescs.CD_int, MACHINE, FRAME, ConstantDescs.CD_int, ConstantDescs.CD_int),
        0,
        b -> writeRun(b, methods.size()));
    for (int i = 0; i < methods.size(); i++) {
      List<Trace> traces = methods.get(i);
      builder.withMethodBody(
          part(i),
          PART,
          ClassFile.ACC_STATIC | ClassFile.ACC_PRIVATE,
          b -> writePart(b, traces, entries));
    }
  }

  private static String part(int number) {
    return "part" + number;
  }

  private static void writeRun(CodeBuilder b, int methods) {
    Label otherwise = b.newLabel();
    List<SwitchCase> cases = new ArrayList<>();
    for (int i = 0; i < methods; i++) {
      cases.add(SwitchCase.of(i, b.newLabel()));
    }
    b.iload(3).tableswitch(0, methods - 1, otherwise, cases);
    for (SwitchCase each : cases) {
      b.labelBinding(each.target())
          .aload(0)
          .aload(1)
          .aload(2)
          .iload(4)
          .invokestatic(GENERATED, part(each.caseValue()), PART)
          .ireturn();
    }
    b.labelBinding(otherwise).loadConstant(CompiledCode.INTERPRET).ireturn();
  }

  private void writePart(CodeBuilder b, List<Trace> traces, short[] entries) {
    int first = entries[traces.getFirst().entry];
    Map<Integer, Label> starts = new HashMap<>();
    List<SwitchCase> cases = new ArrayList<>();
    for (Trace trace : traces) {
      Label start = b.newLabel();
      starts.put(trace.entry, start);
      cases.add(SwitchCase.of(entries[trace.entry], start));
    }
    Label dispatch = b.newLabel();
    Label enter = b.newLabel();
    Label otherwise = b.newLabel();
    b.aload(CodeBuffer.M).getfield(MACHINE, "stack", CodeBuffer.LONGS).astore(CodeBuffer.S);
    b.aload(CodeBuffer.M).getfield(MACHINE, "memory", CodeBuffer.BYTES).astore(CodeBuffer.MEMORY);
    number(b, "memorySize", CodeBuffer.MEMORY_SIZE);
    number(b, "memoryBase", CodeBuffer.MEMORY_BASE);
    number(b, "sp", CodeBuffer.SP);
    number(b, "stackBase", CodeBuffer.STACK_BASE);
    number(b, "pc", CodeBuffer.PC);
    b.aload(CodeBuffer.F).getfield(FRAME, "gas", ConstantDescs.CD_long).lstore(CodeBuffer.GAS);
    b.loadConstant(TURNS).istore(CodeBuffer.TURNS);
    b.goto_(enter);

    b.labelBinding(dispatch);
    b.iinc(CodeBuffer.TURNS, -1).iload(CodeBuffer.TURNS).iflt(otherwise);
    b.aload(CodeBuffer.SELF)
        .getfield(COMPILED, "entries", ConstantDescs.CD_short.arrayType())
        .iload(CodeBuffer.PC)
        .saload()
        .istore(CodeBuffer.ENTRY);
    b.labelBinding(enter);
    b.iload(CodeBuffer.ENTRY).tableswitch(first, first + traces.size() - 1, otherwise, cases);
    b.labelBinding(otherwise)
        .aload(CodeBuffer.F)
        .iload(CodeBuffer.PC)
        .iload(CodeBuffer.SP)
        .lload(CodeBuffer.GAS)
        .invokestatic(CodeBuffer.OPERATIONS, "jump", CodeBuffer.LEAVE)
        .ireturn();
    for (Trace trace : traces) {
      b.labelBinding(starts.get(trace.entry));
      Label[] local = new Label[trace.labels()];
      Arrays.setAll(local, i -> b.newLabel());
      trace.write(
          b,
          new CodeBuffer.Labels() {
            @Override
            public Label local(int number) {
              return local[number];
            }

            @Override
            public @Nullable Label entry(int pc) {
              return starts.get(pc);
            }

            @Override
            public Label dispatch() {
              return dispatch;
            }
          });
    }
  }

  private static void number(CodeBuilder b, String field, int slot) {
    b.aload(CodeBuffer.F).getfield(FRAME, field, ConstantDescs.CD_int).istore(slot);
  }
}
