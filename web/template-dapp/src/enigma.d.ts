declare module 'virtual:enigma' {
  import type { Address, Hex } from 'viem';

  /** The network found while developing; a built page asks the server it came from. */
  export const network: { ethereum: string; nodes: string[]; enigma: Address } | undefined;
  /** The contract deployed when it was last saved. */
  export const deployed: { address: Address; realm: Hex } | undefined;
}
