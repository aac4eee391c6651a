package network.enigma.runtime.evm;

/** Sees every instruction before it runs. Code that is listened to is interpreted. */
interface StepListener {
  /** The frame stands before an instruction, its place, stack and gas up to date. */
  void step(Machine machine, Frame frame);
}
