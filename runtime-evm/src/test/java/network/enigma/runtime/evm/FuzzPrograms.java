package network.enigma.runtime.evm;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random programs for the differential fuzzer. Most keep the height of the stack in mind and bound
 * their loops, so that they run long; some bytes are then spoiled.
 */
final class FuzzPrograms {
  private static final int MAXIMUM_STATEMENTS = 70;
  private static final int MAXIMUM_HEIGHT = 18;

  private static final int[] BINARY = {
    Op.ADD,
    Op.MUL,
    Op.SUB,
    Op.DIV,
    Op.SDIV,
    Op.MOD,
    Op.SMOD,
    Op.EXP,
    Op.SIGNEXTEND,
    Op.LT,
    Op.GT,
    Op.SLT,
    Op.SGT,
    Op.EQ,
    Op.AND,
    Op.OR,
    Op.XOR,
    Op.BYTE,
    Op.SHL,
    Op.SHR,
    Op.SAR
  };
  private static final int[] SURROUNDINGS = {
    Op.ADDRESS,
    Op.ORIGIN,
    Op.CALLER,
    Op.CALLVALUE,
    Op.CALLDATASIZE,
    Op.CODESIZE,
    Op.GASPRICE,
    Op.RETURNDATASIZE,
    Op.COINBASE,
    Op.TIMESTAMP,
    Op.NUMBER,
    Op.PREVRANDAO,
    Op.GASLIMIT,
    Op.CHAINID,
    Op.SELFBALANCE,
    Op.BASEFEE,
    Op.BLOBBASEFEE,
    Op.PC,
    Op.MSIZE,
    Op.GAS
  };
  private static final int[] OF_ACCOUNTS = {
    Op.BALANCE,
    Op.EXTCODESIZE,
    Op.EXTCODEHASH,
    Op.BLOCKHASH,
    Op.BLOBHASH,
    Op.CALLDATALOAD,
    Op.NOT,
    Op.ISZERO
  };

  private final Random random;
  private final BigInteger self;
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final List<int[]> holes = new ArrayList<>();
  private final List<Integer> functions = new ArrayList<>();
  private int height;

  private FuzzPrograms(Random random, BigInteger self) {
    this.random = random;
    this.self = self;
  }

  /**
   * A program.
   *
   * @param self the address where it will lie
   */
  static byte[] next(Random random, BigInteger self) {
    if (random.nextInt(40) == 0) {
      byte[] noise = new byte[1 + random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    FuzzPrograms programs = new FuzzPrograms(random, self);
    byte[] code = programs.program();
    if (random.nextInt(6) == 0) {
      spoil(random, code, 1 + random.nextInt(3));
    }
    return code;
  }

  /** Changes some bytes. */
  static void spoil(Random random, byte[] code, int changes) {
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(code.length);
      code[at] =
          random.nextInt(3) == 0
              ? (byte) random.nextInt(256)
              : (byte) (code[at] ^ 1 << random.nextInt(8));
    }
  }

  private byte[] program() {
    int statements = 15 + random.nextInt(MAXIMUM_STATEMENTS);
    for (int i = random.nextInt(4) == 0 ? 17 : random.nextInt(5); i >= 0; i--) {
      push();
    }
    for (int i = 0; i < statements; i++) {
      statement(0);
    }
    finish();
    functions();
    byte[] bytes = code.toByteArray();
    for (int[] hole : holes) {
      bytes[hole[0]] = (byte) (hole[1] >> 8);
      bytes[hole[0] + 1] = (byte) hole[1];
    }
    return bytes;
  }

  private void finish() {
    switch (random.nextInt(8)) {
      case 0 -> op(Op.STOP);
      case 1 -> range(Op.REVERT);
      case 2 -> {
        if (random.nextInt(4) == 0) {
          push(account());
          op(Op.SELFDESTRUCT);
        } else {
          op(random.nextInt(3) == 0 ? Op.INVALID : Op.STOP);
        }
      }
      default -> range(Op.RETURN);
    }
  }

  private void op(int op) {
    code.write(op);
  }

  private void push(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int start = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    int length = bytes.length - start;
    if (number.signum() == 0) {
      op(Op.PUSH0);
    } else {
      // Sometimes with zeros before it, so that every PUSH occurs.
      int padding = random.nextInt(6) == 0 ? random.nextInt(33 - length) : 0;
      op(Op.PUSH1 + length + padding - 1);
      for (int i = 0; i < padding; i++) {
        op(0);
      }
      code.write(bytes, start, length);
    }
    height++;
  }

  private void push(long number) {
    push(BigInteger.valueOf(number));
  }

  private void push() {
    push(number());
  }

  private BigInteger number() {
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> BigInteger.valueOf(random.nextInt(8));
      case 3 -> BigInteger.valueOf(random.nextInt(300));
      case 4 -> BigInteger.ONE.shiftLeft(random.nextInt(256));
      case 5 -> BigInteger.ONE.shiftLeft(random.nextInt(256)).subtract(BigInteger.ONE);
      case 6 ->
          BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE.shiftLeft(random.nextInt(256)));
      case 7 -> new BigInteger(1 + random.nextInt(256), random);
      default -> account();
    };
  }

  private BigInteger account() {
    return switch (random.nextInt(6)) {
      case 0 -> BigInteger.valueOf(1 + random.nextInt(20));
      case 1 -> self;
      case 2 -> BigInteger.valueOf(0xa11ce);
      case 3 -> BigInteger.valueOf(0xdead);
      case 4 -> BigInteger.ZERO;
      default -> BigInteger.valueOf(2 + random.nextInt(3));
    };
  }

  private void need(int words) {
    while (height < words) {
      push();
    }
  }

  /** Takes words off until the stack is low. */
  private void lower(int words) {
    while (height > words) {
      op(Op.POP);
      height--;
    }
  }

  private void statement(int nesting) {
    if (height > MAXIMUM_HEIGHT + 4) {
      lower(MAXIMUM_HEIGHT);
    }
    switch (random.nextInt(34)) {
      case 0, 1, 2 -> push();
      case 3, 4, 5, 6, 7, 8 -> {
        need(2);
        int op = BINARY[random.nextInt(BINARY.length)];
        if (op == Op.SHL || op == Op.SHR || op == Op.SAR || op == Op.BYTE || op == Op.SIGNEXTEND) {
          if (random.nextInt(4) != 0) {
            push(random.nextInt(op >= Op.SHL ? 270 : 34));
          }
        } else if (op == Op.EXP && random.nextInt(3) != 0) {
          op(Op.SWAP1);
          op(Op.POP);
          height--;
          push(random.nextInt(70));
          op(Op.SWAP1);
        }
        op(op);
        height--;
      }
      case 9 -> {
        need(3);
        op(random.nextBoolean() ? Op.ADDMOD : Op.MULMOD);
        height -= 2;
      }
      case 10, 11 -> {
        need(1);
        int n = random.nextInt(Math.min(height, 16));
        op(Op.DUP1 + (random.nextInt(4) == 0 ? Math.min(height, 16) - 1 : n));
        height++;
      }
      case 12, 13 -> {
        need(2);
        op(Op.SWAP1 + random.nextInt(Math.min(height - 1, 16)));
      }
      case 14 -> {
        need(1);
        op(Op.POP);
        height--;
      }
      case 15, 16 -> {
        op(SURROUNDINGS[random.nextInt(SURROUNDINGS.length)]);
        height++;
      }
      case 17 -> {
        int op = OF_ACCOUNTS[random.nextInt(OF_ACCOUNTS.length)];
        if (random.nextInt(4) != 0) {
          push(op == Op.CALLDATALOAD ? BigInteger.valueOf(random.nextInt(100)) : account());
        }
        need(1);
        op(op);
      }
      case 18, 19 -> {
        need(1);
        offset();
        op(random.nextInt(5) == 0 ? Op.MSTORE8 : Op.MSTORE);
        height -= 2;
      }
      case 20 -> {
        offset();
        op(Op.MLOAD);
      }
      case 21 -> range(Op.KECCAK256);
      case 22 -> {
        push(random.nextInt(8));
        op(random.nextInt(3) == 0 ? Op.TLOAD : Op.SLOAD);
      }
      case 23 -> {
        need(1);
        push(random.nextInt(8));
        op(random.nextInt(3) == 0 ? Op.TSTORE : Op.SSTORE);
        height -= 2;
      }
      case 24 -> copy();
      case 25 -> {
        int topics = random.nextInt(5);
        need(topics);
        push(random.nextInt(100));
        offset();
        op(Op.LOG0 + topics);
        height -= topics + 2;
      }
      case 26, 27 -> loop(nesting);
      case 28 -> branch(nesting);
      case 29 -> function();
      case 30, 31 -> call();
      case 32 -> create();
      default -> {
        need(1);
        op(Op.JUMPDEST);
      }
    }
  }

  private void offset() {
    int kind = random.nextInt(30);
    push(kind == 0 ? random.nextInt(9_000) : random.nextInt(200));
    if (kind == 1 && random.nextInt(8) == 0) {
      op(Op.POP);
      height--;
      push();
    }
  }

  /** An instruction with a range of memory: the length below the offset. */
  private void range(int op) {
    push(random.nextInt(random.nextInt(9) == 0 ? 700 : 100));
    offset();
    op(op);
    height -= op == Op.KECCAK256 ? 1 : 2;
  }

  private void copy() {
    int[] copies = {Op.CALLDATACOPY, Op.CODECOPY, Op.RETURNDATACOPY, Op.MCOPY, Op.EXTCODECOPY};
    int op = copies[random.nextInt(copies.length)];
    if (op == Op.RETURNDATACOPY && random.nextInt(5) != 0) {
      op(Op.RETURNDATASIZE);
      height++;
      push(0);
    } else {
      push(random.nextInt(90));
      push(random.nextInt(120));
    }
    offset();
    height -= 3;
    if (op == Op.EXTCODECOPY) {
      push(account());
      height--;
    }
    op(op);
  }

  private int pushLabel() {
    op(Op.PUSH2);
    int at = code.size();
    op(0);
    op(0);
    return at;
  }

  private void loop(int nesting) {
    if (nesting > 1) {
      return;
    }
    lower(MAXIMUM_HEIGHT);
    push(1 + random.nextInt(nesting == 0 ? 12 : 4));
    int start = code.size();
    op(Op.JUMPDEST);
    int level = height;
    body(nesting + 1, level);
    push(1);
    op(Op.SWAP1);
    op(Op.SUB);
    height--;
    op(Op.DUP1);
    holes.add(new int[] {pushLabel(), start});
    op(Op.JUMPI);
    op(Op.POP);
    height--;
  }

  /** Statements that leave the stack as high as it was, its top word untouched. */
  private void body(int nesting, int level) {
    int outside = height;
    height = 0;
    for (int i = 1 + random.nextInt(7); i > 0; i--) {
      statement(nesting);
    }
    lower(0);
    height = outside;
  }

  private void branch(int nesting) {
    if (nesting > 2) {
      return;
    }
    need(1);
    int hole = pushLabel();
    op(Op.JUMPI);
    height--;
    body(nesting + 1, height);
    holes.add(new int[] {hole, code.size()});
    op(Op.JUMPDEST);
  }

  /** A call of a function of the program, which returns by a jump to where it is told. */
  private void function() {
    int back = pushLabel();
    functions.add(pushLabel());
    op(Op.JUMP);
    holes.add(new int[] {back, code.size()});
    op(Op.JUMPDEST);
  }

  private void functions() {
    List<Integer> calls = List.copyOf(functions);
    int bodies = 1 + random.nextInt(3);
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < bodies && !calls.isEmpty(); i++) {
      starts.add(code.size());
      op(Op.JUMPDEST);
      height = 0;
      body(1, 0);
      op(Op.JUMP);
    }
    for (int call : calls) {
      holes.add(new int[] {call, starts.get(random.nextInt(starts.size()))});
    }
    // Calls inside functions lead to the first one, which may run in circles until the gas ends.
    for (int i = calls.size(); i < functions.size(); i++) {
      holes.add(new int[] {functions.get(i), starts.getFirst()});
    }
  }

  private void call() {
    int[] calls = {Op.CALL, Op.CALLCODE, Op.DELEGATECALL, Op.STATICCALL};
    int op = calls[random.nextInt(calls.length)];
    push(random.nextInt(80));
    push(random.nextInt(150));
    push(random.nextInt(150));
    push(random.nextInt(100));
    if (op == Op.CALL || op == Op.CALLCODE) {
      push(random.nextInt(4) == 0 ? random.nextInt(3) : 0);
      height--;
    }
    push(account());
    push(random.nextInt(random.nextInt(4) == 0 ? 40_000 : 9_000));
    op(op);
    height -= 5;
  }

  private void create() {
    // The creation code: some bytes that return a part of memory, or noise.
    byte[] init = new byte[5 + random.nextInt(20)];
    random.nextBytes(init);
    if (random.nextInt(4) != 0) {
      byte[] good = {(byte) Op.PUSH1, (byte) random.nextInt(6), (byte) Op.PUSH0, (byte) Op.RETURN};
      System.arraycopy(good, 0, init, 0, good.length);
    }
    push(new BigInteger(1, init));
    push(0);
    op(Op.MSTORE);
    height -= 2;
    boolean salted = random.nextBoolean();
    if (salted) {
      push(random.nextInt(5));
    }
    push(init.length);
    push(32 - init.length);
    push(random.nextInt(5) == 0 ? 1 : 0);
    op(salted ? Op.CREATE2 : Op.CREATE);
    height -= salted ? 3 : 2;
  }
}
