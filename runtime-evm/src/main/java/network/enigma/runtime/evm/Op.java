package network.enigma.runtime.evm;

/**
 * The instructions of the machine by number, with what each needs (Ethereum Yellow Paper, Prague).
 */
final class Op {
  static final int STOP = 0x00;
  static final int ADD = 0x01;
  static final int MUL = 0x02;
  static final int SUB = 0x03;
  static final int DIV = 0x04;
  static final int SDIV = 0x05;
  static final int MOD = 0x06;
  static final int SMOD = 0x07;
  static final int ADDMOD = 0x08;
  static final int MULMOD = 0x09;
  static final int EXP = 0x0a;
  static final int SIGNEXTEND = 0x0b;
  static final int LT = 0x10;
  static final int GT = 0x11;
  static final int SLT = 0x12;
  static final int SGT = 0x13;
  static final int EQ = 0x14;
  static final int ISZERO = 0x15;
  static final int AND = 0x16;
  static final int OR = 0x17;
  static final int XOR = 0x18;
  static final int NOT = 0x19;
  static final int BYTE = 0x1a;
  static final int SHL = 0x1b;
  static final int SHR = 0x1c;
  static final int SAR = 0x1d;
  static final int KECCAK256 = 0x20;
  static final int ADDRESS = 0x30;
  static final int BALANCE = 0x31;
  static final int ORIGIN = 0x32;
  static final int CALLER = 0x33;
  static final int CALLVALUE = 0x34;
  static final int CALLDATALOAD = 0x35;
  static final int CALLDATASIZE = 0x36;
  static final int CALLDATACOPY = 0x37;
  static final int CODESIZE = 0x38;
  static final int CODECOPY = 0x39;
  static final int GASPRICE = 0x3a;
  static final int EXTCODESIZE = 0x3b;
  static final int EXTCODECOPY = 0x3c;
  static final int RETURNDATASIZE = 0x3d;
  static final int RETURNDATACOPY = 0x3e;
  static final int EXTCODEHASH = 0x3f;
  static final int BLOCKHASH = 0x40;
  static final int COINBASE = 0x41;
  static final int TIMESTAMP = 0x42;
  static final int NUMBER = 0x43;
  static final int PREVRANDAO = 0x44;
  static final int GASLIMIT = 0x45;
  static final int CHAINID = 0x46;
  static final int SELFBALANCE = 0x47;
  static final int BASEFEE = 0x48;
  static final int BLOBHASH = 0x49;
  static final int BLOBBASEFEE = 0x4a;
  static final int POP = 0x50;
  static final int MLOAD = 0x51;
  static final int MSTORE = 0x52;
  static final int MSTORE8 = 0x53;
  static final int SLOAD = 0x54;
  static final int SSTORE = 0x55;
  static final int JUMP = 0x56;
  static final int JUMPI = 0x57;
  static final int PC = 0x58;
  static final int MSIZE = 0x59;
  static final int GAS = 0x5a;
  static final int JUMPDEST = 0x5b;
  static final int TLOAD = 0x5c;
  static final int TSTORE = 0x5d;
  static final int MCOPY = 0x5e;
  static final int PUSH0 = 0x5f;
  static final int PUSH1 = 0x60;
  static final int PUSH2 = 0x61;
  static final int PUSH3 = 0x62;
  static final int PUSH4 = 0x63;
  static final int PUSH32 = 0x7f;
  static final int DUP1 = 0x80;
  static final int DUP16 = 0x8f;
  static final int SWAP1 = 0x90;
  static final int SWAP16 = 0x9f;
  static final int LOG0 = 0xa0;
  static final int LOG4 = 0xa4;
  static final int CREATE = 0xf0;
  static final int CALL = 0xf1;
  static final int CALLCODE = 0xf2;
  static final int RETURN = 0xf3;
  static final int DELEGATECALL = 0xf4;
  static final int CREATE2 = 0xf5;
  static final int STATICCALL = 0xfa;
  static final int REVERT = 0xfd;
  static final int SELFDESTRUCT = 0xff;

  static final int INVALID = 0xfe;

  private static final int GROWTH_SHIFT = 8;
  private static final int GAS_SHIFT = 16;
  private static final int[] NEEDS = new int[256];
  private static final int[] GIVES = new int[256];

  static {
    define(STOP, 0, 0, 0);
    define(ADD, 3, 2, 1);
    define(MUL, 5, 2, 1);
    define(SUB, 3, 2, 1);
    define(DIV, 5, 2, 1);
    define(SDIV, 5, 2, 1);
    define(MOD, 5, 2, 1);
    define(SMOD, 5, 2, 1);
    define(ADDMOD, 8, 3, 1);
    define(MULMOD, 8, 3, 1);
    define(EXP, 10, 2, 1);
    define(SIGNEXTEND, 5, 2, 1);
    for (int op = LT; op <= EQ; op++) {
      define(op, 3, 2, 1);
    }
    define(ISZERO, 3, 1, 1);
    define(AND, 3, 2, 1);
    define(OR, 3, 2, 1);
    define(XOR, 3, 2, 1);
    define(NOT, 3, 1, 1);
    for (int op = BYTE; op <= SAR; op++) {
      define(op, 3, 2, 1);
    }
    define(KECCAK256, 30, 2, 1);
    define(ADDRESS, 2, 0, 1);
    define(BALANCE, 0, 1, 1);
    define(ORIGIN, 2, 0, 1);
    define(CALLER, 2, 0, 1);
    define(CALLVALUE, 2, 0, 1);
    define(CALLDATALOAD, 3, 1, 1);
    define(CALLDATASIZE, 2, 0, 1);
    define(CALLDATACOPY, 3, 3, 0);
    define(CODESIZE, 2, 0, 1);
    define(CODECOPY, 3, 3, 0);
    define(GASPRICE, 2, 0, 1);
    define(EXTCODESIZE, 0, 1, 1);
    define(EXTCODECOPY, 0, 4, 0);
    define(RETURNDATASIZE, 2, 0, 1);
    define(RETURNDATACOPY, 3, 3, 0);
    define(EXTCODEHASH, 0, 1, 1);
    define(BLOCKHASH, 20, 1, 1);
    define(COINBASE, 2, 0, 1);
    define(TIMESTAMP, 2, 0, 1);
    define(NUMBER, 2, 0, 1);
    define(PREVRANDAO, 2, 0, 1);
    define(GASLIMIT, 2, 0, 1);
    define(CHAINID, 2, 0, 1);
    define(SELFBALANCE, 5, 0, 1);
    define(BASEFEE, 2, 0, 1);
    define(BLOBHASH, 3, 1, 1);
    define(BLOBBASEFEE, 2, 0, 1);
    define(POP, 2, 1, 0);
    define(MLOAD, 3, 1, 1);
    define(MSTORE, 3, 2, 0);
    define(MSTORE8, 3, 2, 0);
    define(SLOAD, 0, 1, 1);
    define(SSTORE, 0, 2, 0);
    define(JUMP, 8, 1, 0);
    define(JUMPI, 10, 2, 0);
    define(PC, 2, 0, 1);
    define(MSIZE, 2, 0, 1);
    define(GAS, 2, 0, 1);
    define(JUMPDEST, 1, 0, 0);
    define(TLOAD, 100, 1, 1);
    define(TSTORE, 100, 2, 0);
    define(MCOPY, 3, 3, 0);
    define(PUSH0, 2, 0, 1);
    for (int op = PUSH1; op <= PUSH32; op++) {
      define(op, 3, 0, 1);
    }
    for (int n = 1; n <= 16; n++) {
      define(DUP1 + n - 1, 3, n, n + 1);
      define(SWAP1 + n - 1, 3, n + 1, n + 1);
    }
    for (int topics = 0; topics <= 4; topics++) {
      define(LOG0 + topics, 375 * (topics + 1), topics + 2, 0);
    }
    define(CREATE, 32_000, 3, 1);
    define(CALL, 0, 7, 1);
    define(CALLCODE, 0, 7, 1);
    define(RETURN, 0, 2, 0);
    define(DELEGATECALL, 0, 6, 1);
    define(CREATE2, 32_000, 4, 1);
    define(STATICCALL, 0, 6, 1);
    define(REVERT, 0, 2, 0);
    define(SELFDESTRUCT, 5_000, 1, 0);
  }

  private Op() {}

  private static void define(int op, int gas, int takes, int gives) {
    GIVES[op] = gives;
    int growth = Math.max(0, gives - takes);
    NEEDS[op] = gas << GAS_SHIFT | growth * Words.SIZE << GROWTH_SHIFT | takes * Words.SIZE;
  }

  /** What the instructions need, to be taken apart by the methods below. */
  static int[] needs() {
    return NEEDS.clone();
  }

  /** By how many words an instruction makes the stack higher, below zero if lower. */
  static int rise(int op) {
    return GIVES[op] - takes(NEEDS[op]) / Words.SIZE;
  }

  /** Words of the stack that an instruction reads. */
  static int reads(int op) {
    return takes(NEEDS[op]) / Words.SIZE;
  }

  /** Whether the number stands for an instruction, INVALID included. */
  static boolean isDefined(int op) {
    return op == STOP || op == INVALID || NEEDS[op] != 0;
  }

  /** Gas that is due for an instruction whatever its operands. */
  static int staticGas(int op) {
    return gas(NEEDS[op]);
  }

  /** Bytes of the instruction with what it pushes. */
  static int length(int op) {
    return op >= PUSH1 && op <= PUSH32 ? op - PUSH1 + 2 : 1;
  }

  /** Gas that is due whatever the operands. */
  static int gas(int needs) {
    return needs >>> GAS_SHIFT;
  }

  /** Longs of the stack that the instruction reads. */
  static int takes(int needs) {
    return needs & 0xff;
  }

  /** Longs by which the stack grows, if it does. */
  static int growth(int needs) {
    return needs >>> GROWTH_SHIFT & 0xff;
  }
}
