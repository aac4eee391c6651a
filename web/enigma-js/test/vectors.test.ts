import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  concat,
  encodeAbiParameters,
  encodePacked,
  hashDomain,
  hashStruct,
  hashTypedData,
  keccak256,
  numberToHex,
  size,
  parseAbiParameters,
  recoverAddress,
  stringToHex,
  hexToBytes,
  toHex,
  type Hex,
} from 'viem';
import { privateKeyToAccount, sign } from 'viem/accounts';
import { errorCodeOf } from '../src/errors.js';
import { fee, receiptLeaf, refusalHash, rootOfPath, stateHash } from '../src/protocol/batch.js';
import { associatedData, decodeEnvelope, envelopeInfo, hpkeSuite, publicEnvelope, sealEnvelope, type EnvelopeContext } from '../src/protocol/envelope.js';
import { callbackData, encodeCallableInput } from '../src/protocol/callable.js';
import { CONTRACT_QUESTION, decodeDescription } from '../src/protocol/description.js';
import { contractAddress, type ContractTerms, genesisStateHash, inputKeyHash, preimage, realmId, tag } from '../src/protocol/ids.js';
import { digest, domainOf, taskIdOf } from '../src/protocol/messages.js';
import { pad, paddedLength, unpad } from '../src/protocol/padding.js';
import { encodeQueryPayload } from '../src/protocol/query.js';
import { decodeCallResult, openResult } from '../src/protocol/result.js';
import * as reference from './reference.js';

// The vectors' shape is what these tests check.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Vector = any;

const utf8 = (text: string) => new TextEncoder().encode(text);

const read = (name: string): Vector =>
  JSON.parse(
    readFileSync(
      new URL(`../../../protocol/src/test/resources/vectors/${name}.json`, import.meta.url),
      'utf8',
    ),
  );

/** Every entry, at least one. */
function each(name: string, field = 'vectors'): Vector[] {
  const list = read(name)[field];
  expect(list.length).toBeGreaterThan(0);
  return list;
}

function typed(type: string, vector: Vector) {
  const primaryType = type.slice(0, type.indexOf('('));
  const fields = reference.fieldsOf(type);
  const message = Object.fromEntries(
    fields.map(({ name, type: fieldType }) => [
      name,
      fieldType.startsWith('uint') ? BigInt(vector[name]) : vector[name],
    ]),
  );
  return {
    domain: domainOf(BigInt(vector.chainId), vector.enigma),
    types: { [primaryType]: fields },
    primaryType,
    message,
  };
}

const digestOf = (type: string, vector: Vector): Hex => hashTypedData(typed(type, vector) as never);
const structHashOf = (type: string, vector: Vector): Hex => {
  const { message, primaryType, types } = typed(type, vector);
  return hashStruct({ data: message, primaryType, types } as never);
};

async function signatureOf(privateKey: Hex, hash: Hex): Promise<Hex> {
  return (await sign({ privateKey, hash, to: 'hex' })) as Hex;
}

describe('orders and signatures', () => {
  test('a task order has its id, its sender and its signature', async () => {
    for (const vector of each('task-order')) {
      const definition = typed(reference.TYPES.TaskOrder, vector);
      expect(
        hashDomain({
          domain: definition.domain,
          types: {
            EIP712Domain: [
              { name: 'name', type: 'string' },
              { name: 'version', type: 'string' },
              { name: 'chainId', type: 'uint256' },
              { name: 'verifyingContract', type: 'address' },
            ],
          },
        }),
      ).toBe(vector.domainSeparator);
      expect(structHashOf(reference.TYPES.TaskOrder, vector)).toBe(vector.structHash);
      expect(digestOf(reference.TYPES.TaskOrder, vector)).toBe(vector.taskId);
      expect(taskIdOf(domainOf(BigInt(vector.chainId), vector.enigma), typed(reference.TYPES.TaskOrder, vector).message as never)).toBe(vector.taskId);
      expect(await signatureOf(vector.privateKey, vector.taskId)).toBe(vector.signature);
      expect(
        (await recoverAddress({ hash: vector.taskId, signature: vector.signature })).toLowerCase(),
      ).toBe(vector.sender);
      expect(privateKeyToAccount(vector.privateKey).address.toLowerCase()).toBe(vector.sender);
      expect(fee(BigInt(vector.gasLimit), BigInt(vector.gasPrice)).toString()).toBe(
        vector.maximumFee,
      );
      expect(
        encodePacked(
          ['address', 'bytes32', 'address', 'uint8', 'bytes32', 'bytes32', 'uint64', 'uint64', 'uint64', 'bytes32'],
          [
            vector.sender,
            vector.realm,
            vector.target,
            Number(vector.kind),
            vector.codeHash,
            vector.inputHash,
            BigInt(vector.gasLimit),
            BigInt(vector.gasPrice),
            BigInt(vector.expiry),
            vector.salt,
          ],
        ),
      ).toBe(vector.encoded);
    }
  });

  test('a session key is signed by its owner', async () => {
    for (const vector of each('session-key')) {
      expect(structHashOf(reference.TYPES.SessionKey, vector)).toBe(vector.structHash);
      expect(digestOf(reference.TYPES.SessionKey, vector)).toBe(vector.digest);
      expect(digest(domainOf(BigInt(vector.chainId), vector.enigma), 'SessionKey', typed(reference.TYPES.SessionKey, vector).message as never)).toBe(vector.digest);
      expect(await signatureOf(vector.ownerPrivateKey, vector.digest)).toBe(vector.ownerSignature);
    }
  });

  test('a permit is signed by its owner', async () => {
    for (const vector of each('query-permit', 'permits')) {
      expect(structHashOf(reference.TYPES.Permit, vector)).toBe(vector.structHash);
      expect(digestOf(reference.TYPES.Permit, vector)).toBe(vector.digest);
      expect(await signatureOf(vector.ownerPrivateKey, vector.digest)).toBe(vector.signature);
    }
  });

  test('a callable carries its callback and call in its envelope', () => {
    for (const vector of each('callable-input', 'vectors')) {
      const callback = vector.callback === undefined ? undefined : { selector: vector.callback, gas: Number(vector.callbackGas) };
      expect(encodeCallableInput(callback, vector.call)).toBe(vector.payload);
      if (callback !== undefined) expect(callbackData(callback, vector.call, vector.result)).toBe(vector.data);
    }
  });

  test('a contract is described, and its terms lead to its address', () => {
    expect(CONTRACT_QUESTION).toBe(read('contract-description').question);
    for (const vector of each('contract-description')) {
      const description = decodeDescription(vector.message);
      expect(description.kind).toBe(['nothing', 'made', 'deployed'][Number(vector.kind)]);
      if (description.kind !== 'deployed') continue;
      const { terms, codeHash } = description;
      expect({ ...terms, deployer: terms.deployer.toLowerCase(), authority: terms.authority.toLowerCase() }).toEqual({
        deployer: vector.deployer,
        salt: vector.salt,
        codeHash: vector.deployedCodeHash,
        dialect: Number(vector.dialect),
        authority: vector.authority,
        delay: BigInt(vector.delay),
      });
      expect(codeHash).toBe(vector.codeHash);
      expect(contractAddress({ ...terms, realm: vector.realm })).toBe(vector.address);
      for (const cut of ['0x', '0x03', vector.message.slice(0, -2), `${vector.message}00`]) expect(() => decodeDescription(cut)).toThrow();
    }
  });

  test('a query carries permit and input in its envelope and has an id', () => {
    for (const vector of each('query-permit', 'queries')) {
      const session = {
        terms: {
          owner: vector.sender,
          key: vector.sessionKey,
          realm: vector.realm,
          notAfter: BigInt(vector.sessionNotAfter ?? 0),
          maxFee: BigInt(vector.sessionMaxFee ?? 0),
          epoch: Number(vector.sessionEpoch),
        },
        signature: vector.sessionOwnerSignature,
      };
      const permit = {
        owner: vector.sender,
        realm: vector.realm,
        target: vector.target,
        notAfter: BigInt(vector.notAfter ?? 0),
        label: vector.label,
        epoch: Number(vector.epoch),
      };
      const signed = {
        permit,
        signature: vector.signature,
        session: vector.signedBy === 'session' ? session : undefined,
      };
      const payload = encodeQueryPayload(vector.signedBy === 'nobody' ? undefined : signed, vector.input);
      expect(payload).toBe(vector.payload);
      expect(publicEnvelope(payload)).toBe(vector.envelope);
      const zero = `0x${'00'.repeat(32)}`;
      expect(
        digestOf(reference.TYPES.TaskOrder, {
          ...vector,
          kind: '3',
          codeHash: zero,
          inputHash: keccak256(vector.envelope),
          gasLimit: '0',
          gasPrice: '0',
          expiry: '0',
        }),
      ).toBe(vector.queryId);
      expect(
        concat([
          vector.realm,
          vector.target,
          vector.sender,
          vector.salt,
          numberToHex(size(vector.envelope), { size: 4 }),
          vector.envelope,
        ]),
      ).toBe(vector.encoded);
    }
  });
});

describe('identifiers', () => {
  test('a realm has its id and its genesis', () => {
    for (const vector of each('ids', 'realms')) {
      const realm = realmId(BigInt(vector.chainId), vector.enigma, vector.owner, vector.salt);
      expect(realm).toBe(vector.realm);
      expect(genesisStateHash(realm)).toBe(vector.genesisStateHash);
    }
  });

  test('a contract has its address', () => {
    for (const vector of each('ids', 'contracts')) {
      expect(keccak256(vector.code)).toBe(vector.codeHash);
      expect(
        contractAddress({ ...vector, dialect: Number(vector.dialect), delay: BigInt(vector.delay) } as ContractTerms),
      ).toBe(vector.address);
    }
  });

  test('what is sealed to an input key opens with its private key, and the key has its hash', async () => {
    for (const vector of each('ids', 'inputKeys')) {
      const [task] = each('aad');
      const networkHash = tag('any network');
      const { envelope } = await sealEnvelope(
        { realm: task.realm, suite: Number(vector.suite), generation: 1, tenure: 1n, inputKey: vector.publicKey },
        networkHash,
        context(task),
        utf8('text'),
      );
      const opened = await reference.openEnvelope(envelope, vector.privateKey, networkHash, context(task));
      expect(opened.payload).toBe(stringToHex('text'));
      expect(inputKeyHash(Number(vector.suite), vector.publicKey)).toBe(vector.inputKeyHash);
    }
  });

  test('a roster has its hash', () => {
    for (const vector of each('ids', 'rosters')) {
      expect(reference.rosterHash(vector.members)).toBe(vector.rosterHash);
    }
  });

  test('lease numbers are header number and attempt', () => {
    for (const vector of each('lease')) {
      expect((BigInt(vector.headerNumber) * 65536n + BigInt(vector.attempt)).toString()).toBe(vector.lease);
    }
  });
});

const context = (vector: Vector): EnvelopeContext => ({ ...vector, kind: Number(vector.kind) });

describe('sealing', () => {
  test('HPKE opens what the shared vectors sealed', async () => {
    for (const vector of each('hpke')) {
      const suite = await hpkeSuite(vector.kem_id);
      const buffer = (hex: string) => hexToBytes(`0x${hex}`).slice().buffer;
      const recipient = await suite.createRecipientContext({
        recipientKey: await suite.kem.deserializePrivateKey(buffer(vector.recipient_private_key)),
        enc: buffer(vector.enc),
        info: utf8(vector.info).slice().buffer as ArrayBuffer,
      });
      const opened = await recipient.open(
        buffer(vector.ciphertext),
        utf8(vector.aad).slice().buffer as ArrayBuffer,
      );
      expect(new TextDecoder().decode(opened)).toBe(vector.plaintext);
      const exported = await recipient.export(
        utf8(vector.exporter_context).slice().buffer as ArrayBuffer,
        32,
      );
      expect(toHex(new Uint8Array(exported))).toBe(`0x${vector.exported}`);
    }
  });

  test('associated data bind the context', () => {
    for (const vector of each('aad')) {
      expect(
        associatedData(context(vector), Number(vector.generation), BigInt(vector.tenure)),
      ).toBe(vector.associatedData);
    }
  });

  test('envelopes sealed in either language open', async () => {
    const sealedBy = new Set<string>();
    for (const vector of each('envelope', 'sealed')) {
      sealedBy.add(vector.sealedBy);
      expect(envelopeInfo(vector.networkHash)).toBe(vector.info);
      expect(keccak256(vector.envelope)).toBe(vector.inputHash);
      const opened = await reference.openEnvelope(
        vector.envelope,
        vector.privateKey,
        vector.networkHash,
        context(vector),
      );
      expect(opened.payload).toBe(vector.payload);
      expect(opened.response).toEqual({
        encapsulation: vector.encapsulation,
        secret: vector.responseSecret,
      });
    }
    expect([...sealedBy].sort()).toEqual(['java', 'typescript']);
  });

  test('an envelope opens for no other context and not when damaged', async () => {
    for (const vector of each('envelope', 'sealed').slice(0, 2)) {
      const others: Partial<Vector>[] = [
        { sender: vector.target },
        { target: vector.sender },
        { kind: '0' },
        { salt: vector.realm },
        { realm: vector.salt },
        { codeHash: vector.realm },
      ];
      for (const other of others) {
        await expect(
          reference.openEnvelope(
            vector.envelope,
            vector.privateKey,
            vector.networkHash,
            context({ ...vector, ...other }),
          ),
        ).rejects.toThrow();
      }
      const damaged = `${vector.envelope.slice(0, -2)}${vector.envelope.endsWith('00') ? '01' : '00'}`;
      await expect(
        reference.openEnvelope(damaged as Hex, vector.privateKey, vector.networkHash, context(vector)),
      ).rejects.toThrow();
    }
  });

  test('a public envelope carries its payload', () => {
    for (const vector of each('envelope', 'public')) {
      expect(publicEnvelope(vector.payload)).toBe(vector.envelope);
      expect(keccak256(vector.envelope)).toBe(vector.inputHash);
      expect(decodeEnvelope(vector.envelope)).toEqual({
        format: 'public',
        payload: vector.payload,
      });
    }
  });

  test('a malformed envelope is refused with its error', () => {
    for (const vector of each('envelope', 'malformed')) {
      expect(() => decodeEnvelope(vector.envelope), vector.why).toThrow(vector.error);
    }
  });

  test('padding reaches the listed lengths and bytes', () => {
    for (const vector of each('padding', 'lengths')) {
      expect(paddedLength(Number(vector.payloadLength))).toBe(Number(vector.paddedLength));
    }
    for (const vector of each('padding', 'padded')) {
      expect(toHex(pad(hexToBytes(vector.payload)))).toBe(vector.padded);
      expect(toHex(unpad(hexToBytes(vector.padded)))).toBe(vector.payload);
    }
  });

  test('wrong padding is refused', () => {
    for (const vector of each('padding', 'bad')) {
      expect(() => unpad(hexToBytes(vector.padded)), vector.why).toThrow('BAD_PADDING');
    }
  });

  test('a sealed result opens and seals to the same bytes', async () => {
    for (const vector of each('response')) {
      const response = { encapsulation: vector.encapsulation, secret: vector.responseSecret };
      expect(await openResult(response, vector.taskId, vector.sealed)).toBe(vector.result);
      expect(await reference.sealResult(response, vector.taskId, vector.result, vector.nonce)).toBe(
        vector.sealed,
      );
      await expect(openResult(response, vector.nonce, vector.sealed)).rejects.toThrow();
    }
  });

  test('a call result has its encoding', () => {
    for (const vector of each('call-result')) {
      expect(reference.callResult(Number(vector.code), BigInt(vector.gasUsed), vector.output, vector.console)).toBe(
        vector.encoded,
      );
      const decoded = decodeCallResult(vector.encoded);
      expect(decoded).toEqual({ failure: errorCodeOf(Number(vector.code)), gasUsed: BigInt(vector.gasUsed), output: vector.output, console: vector.console });
    }
  });
});

describe('batches', () => {
  test('batches lead from genesis to their state hashes', () => {
    const vectors = each('state-hash');
    let previous = genesisStateHash(vectors[0].realm);
    for (const vector of vectors) {
      expect(vector.previous).toBe(previous);
      expect(
        concat([
          '0x',
          ...vector.charges.map((charge: Vector) =>
            encodePacked(['address', 'uint64'], [charge.payer, BigInt(charge.amount)]),
          ),
        ]),
      ).toBe(vector.packedCharges);
      expect(
        concat([
          '0x',
          ...vector.outcomes.map((outcome: Vector) =>
            encodePacked(
              ['bytes32', 'uint8', 'uint16', 'uint64'],
              [outcome.taskId, Number(outcome.outcome), Number(outcome.code), BigInt(outcome.fee)],
            ),
          ),
        ]),
      ).toBe(vector.packedOutcomes);
      const callbacks: Hex[] = vector.callbacks.map((callback: Vector) =>
        reference.callbackHash(
          callback.taskId,
          callback.secretContract,
          callback.target,
          BigInt(callback.gas),
          callback.data,
        ),
      );
      expect(callbacks).toEqual(vector.callbacks.map((callback: Vector) => callback.hash));
      expect(keccak256(vector.packedCharges)).toBe(vector.chargesHash);
      expect(keccak256(vector.packedOutcomes)).toBe(vector.outcomesHash);
      expect(keccak256(concat(['0x', ...callbacks]))).toBe(vector.callbacksHash);
      expect((BigInt(vector.firstSequence) + BigInt(vector.count) - 1n).toString()).toBe(
        vector.endSequence,
      );
      const led = stateHash({
        ...vector,
        kind: Number(vector.kind),
        previousStateHash: previous,
        endSequence: BigInt(vector.endSequence),
        headerNumber: BigInt(vector.headerNumber),
      });
      expect(led).toBe(vector.stateHash);
      expect(digestOf(reference.TYPES.Head, vector)).toBe(vector.headDigest);
      previous = led;
    }
  });

  test('receipts lead to the root of their tree', () => {
    for (const tree of each('merkle', 'trees')) {
      const leaves: Hex[] = tree.receipts.map((receipt: Vector) =>
        receiptLeaf({
          ...receipt,
          sequence: BigInt(receipt.sequence),
          outcome: Number(receipt.outcome),
          gasCharged: BigInt(receipt.gasCharged),
        }),
      );
      expect(leaves).toEqual(tree.receipts.map((receipt: Vector) => receipt.leaf));
      expect(reference.merkleRoot(leaves)).toBe(tree.root);
      leaves.forEach((leaf, index) =>
        expect(rootOfPath(leaf, index, leaves.length, tree.receipts[index].path)).toBe(tree.root),
      );
    }
    for (const vector of each('merkle', 'refusals')) {
      expect(refusalHash(errorCodeOf(Number(vector.code))!)).toBe(vector.refusalHash);
    }
  });

  test('draws choose the listed seats and ranks', () => {
    for (const vector of each('draw')) {
      const draws = Array.from({ length: 16 }, (_, i) =>
        reference.drawnSeat(vector.seed, vector.realm, BigInt(vector.tenure), i, BigInt(vector.seats)),
      );
      expect(draws.map(String)).toEqual(vector.draws);
      const workers = draws.map((seat) => vector.workers[Number(seat)]);
      expect([...new Set(workers)].slice(0, 3)).toEqual(vector.ranks);
    }
  });

  test('fees and charged gas are rounded as listed', () => {
    for (const vector of each('gas', 'fees')) {
      expect(fee(BigInt(vector.gas), BigInt(vector.price)).toString()).toBe(vector.fee);
    }
    for (const vector of each('gas', 'charged')) {
      expect(
        reference
          .charged(BigInt(vector.used), BigInt(vector.gasLimit), vector.fullLimit, BigInt(vector.baseGas))
          .toString(),
      ).toBe(vector.charged);
    }
  });

  test('heads have their digests and only contradicting ones are equivocation', async () => {
    for (const vector of each('head')) {
      const heads = ['first', 'second'].map((which) => ({
        chainId: vector.chainId,
        enigma: vector.enigma,
        realm: vector[`${which}Realm`],
        lease: vector[`${which}Lease`],
        endSequence: vector[`${which}EndSequence`],
        stateHash: vector[`${which}StateHash`],
        digest: vector[`${which}Digest`],
        signature: vector[`${which}Signature`],
      }));
      for (const head of heads) {
        expect(digestOf(reference.TYPES.Head, head)).toBe(head.digest);
        expect(await signatureOf(vector.privateKey, head.digest)).toBe(head.signature);
        expect(
          (await recoverAddress({ hash: head.digest, signature: head.signature })).toLowerCase(),
        ).toBe(vector.enclave);
      }
      const [first, second] = heads;
      expect(
        first!.realm === second!.realm &&
          first!.lease === second!.lease &&
          first!.endSequence === second!.endSequence &&
          first!.stateHash !== second!.stateHash,
      ).toBe(vector.contradict);
    }
  });
});

describe('the network', () => {
  test('admissions have their digests and evidence its binding', () => {
    for (const vector of each('admission', 'admissions')) {
      expect(structHashOf(reference.TYPES.Admission, vector)).toBe(vector.structHash);
      expect(digestOf(reference.TYPES.Admission, vector)).toBe(vector.digest);
    }
    for (const vector of each('admission', 'reports')) {
      expect(
        preimage('REPORT', 'bytes32,uint8,address,address,bytes32', [
          vector.networkHash,
          Number(vector.role),
          vector.enclave,
          vector.operator,
          vector.nonce,
        ]),
      ).toBe(vector.reportData);
    }
  });

  test('the other signed messages have their digests', () => {
    for (const vector of each('messages')) {
      const message = { ...vector.fields, chainId: vector.chainId, enigma: vector.enigma };
      expect(structHashOf(vector.type, message)).toBe(vector.structHash);
      expect(digestOf(vector.type, message)).toBe(vector.digest);
    }
  });

  test('a network configuration has its hash and encoding', () => {
    const fields: [string, string][] = [
      ['mode', 'uint8'],
      ['headerSource', 'uint8'],
      ['finalityRule', 'uint8'],
      ['finalityDepth', 'uint32'],
      ['chainId', 'uint64'],
      ['genesisRoot', 'bytes32'],
      ['firstCheckpoint', 'bytes32'],
      ['enigma', 'address'],
      ['enigmaCodeHash', 'bytes32'],
      ['epochBlocks', 'uint32'],
      ['tenureEpochs', 'uint32'],
      ['failoverBlocks', 'uint32'],
      ['maxOrderBlocks', 'uint32'],
      ['maxBatchAge', 'uint32'],
      ['maxHeaderLag', 'uint32'],
      ['minBackups', 'uint16'],
      ['drawDelay', 'uint32'],
      ['maxLeases', 'uint32'],
      ['maxStateBytes', 'uint64'],
      ['maxTaskGas', 'uint64'],
      ['minGasPrice', 'uint64'],
      ['baseGas', 'uint64'],
      ['callbackRate', 'uint32'],
    ];
    for (const vector of each('network-config')) {
      const values = fields.map(([name, type]) =>
        type.startsWith('uint') ? BigInt(vector[name]) : vector[name],
      );
      const types = fields.map(([, type]) => type);
      expect(encodePacked(types as never, values as never)).toBe(vector.encoded);
      expect(
        keccak256(
          encodeAbiParameters(parseAbiParameters(['bytes32', ...types].join(',')), [
            tag('NETWORK'),
            ...values,
          ] as never),
        ),
      ).toBe(vector.hash);
    }
  });

  test('error codes have distinct names and numbers that fit 16 bits', () => {
    const codes = each('error-codes', 'codes');
    expect(new Set(codes.map((code) => code.name)).size).toBe(codes.length);
    expect(new Set(codes.map((code) => code.number)).size).toBe(codes.length);
    for (const code of codes) {
      expect(Number(code.number)).toBeGreaterThan(0);
      expect(Number(code.number)).toBeLessThan(65536);
      expect(code.explanation).toMatch(/\.$/);
      expect(code.remedy.length).toBeGreaterThan(10);
    }
  });
});
