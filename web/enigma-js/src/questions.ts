import { hexToBytes, keccak256, type Address, type Hex } from 'viem';
import type { Account, Connection } from './connection.js';
import { consoleLine } from './console.js';
import type { ContractLocation, EncodedCall, QueryResult, ReadOptions } from './contract.js';
import { EnigmaError } from './errors.js';
import { sealEnvelope } from './protocol/envelope.js';
import { randomBytes32, ZERO_ADDRESS, ZERO_BYTES32 } from './protocol/ids.js';
import { TaskKind, taskIdOf, typedMessage } from './protocol/messages.js';
import { encodeQueryPayload, type SignedPermit } from './protocol/query.js';
import { decodeCallResult, openResult } from './protocol/result.js';
import { decodeOutput, failureReason } from './verifier.js';

const PERMIT_SECONDS = 24 * 3600;
/** A permit this near its end is signed anew. */
const PERMIT_MARGIN_SECONDS = 300;

/** Asks the enclave that holds a realm something sealed, which it answers sealed and at once. */
export class Questions {
  readonly #connection: Connection;
  readonly #account: Account;
  readonly #permits = new Map<string, Promise<SignedPermit>>();

  constructor(connection: Connection, account: Account) {
    this.#connection = connection;
    this.#account = account;
  }

  /** Runs a read-only call on the anchored state. */
  async query(contract: ContractLocation, call: EncodedCall, options: ReadOptions): Promise<QueryResult> {
    const named = options.as === undefined ? this.#account.address !== undefined : options.as === 'owner';
    const permit = named ? await this.#permit(contract) : undefined;
    const sender = permit?.permit.owner ?? ZERO_ADDRESS;
    const answer = await this.ask(contract, sender, encodeQueryPayload(permit, call.input));
    const { failure, output, console: lines } = decodeCallResult(answer.plaintext);
    if (failure !== undefined) throw new EnigmaError(failure, failureReason(call.signature, failure, contract.abi, output));
    return {
      value: decodeOutput(call.item, output),
      sequence: answer.sequence,
      stateHash: answer.stateHash,
      console: lines.map(consoleLine),
    };
  }

  /** Asks the holder's enclave something sealed. */
  async ask(contract: ContractLocation, sender: Address, payload: Hex): Promise<{ plaintext: Hex; sequence: bigint; stateHash: Hex }> {
    const { networkHash, realmKeys, nodes, domain } = this.#connection;
    const key = await realmKeys.current(contract.realm);
    const salt = randomBytes32();
    const context = { realm: contract.realm, target: contract.address, kind: TaskKind.QUERY, sender, salt, codeHash: ZERO_BYTES32 };
    const { envelope, response } = await sealEnvelope(key, networkHash, context, hexToBytes(payload));
    const answer = await nodes.ask('enigma_query', { realm: contract.realm, target: contract.address, sender, salt, envelope });
    const id = taskIdOf(domain, { ...context, inputHash: keccak256(envelope), gasLimit: 0n, gasPrice: 0n, expiry: 0n });
    return { plaintext: await openResult(response, id, answer.result), sequence: BigInt(answer.sequence), stateHash: answer.stateHash };
  }

  /** One signature a day for each contract, not one for each query. */
  async #permit(contract: ContractLocation): Promise<SignedPermit> {
    const { sessionEpoch } = await this.#connection.ledger.allocation(contract.realm, this.#account.owner);
    const id = `${contract.realm}/${contract.address.toLowerCase()}/${sessionEpoch}`;
    const known = await this.#permits.get(id)?.catch(() => undefined);
    if (known !== undefined && Number(known.permit.notAfter) - PERMIT_MARGIN_SECONDS > Date.now() / 1000) return known;
    const signing = this.#signPermit(contract, sessionEpoch);
    this.#permits.set(id, signing);
    return signing;
  }

  async #signPermit(contract: ContractLocation, epoch: number): Promise<SignedPermit> {
    const permit = {
      owner: this.#account.owner,
      realm: contract.realm,
      target: contract.address,
      notAfter: BigInt(Math.floor(Date.now() / 1000) + PERMIT_SECONDS),
      label: `Query ${contract.name ?? contract.address}`,
      epoch,
    };
    const signature = await this.#account.signer.sign(typedMessage(this.#connection.domain, 'Permit', permit));
    return { permit, signature, session: this.#account.session?.signed };
  }
}
