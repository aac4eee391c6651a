/*
 * Adds to the envelope vectors what TypeScript seals, for Java to open. Runs only when asked for, because sealing is
 * random and the vectors are frozen:
 *
 *   WRITE_ENVELOPES=1 npx vitest run --root web/enigma-js seal-envelopes
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hexToBytes, keccak256 } from 'viem';
import { sealEnvelope } from '../src/protocol/envelope.js';

const path = new URL('../../../protocol/src/test/resources/vectors/envelope.json', import.meta.url);

test.runIf(process.env.WRITE_ENVELOPES)('TypeScript seals each payload that Java sealed', async () => {
  const file = JSON.parse(readFileSync(path, 'utf8'));
  const sealedInJava = file.sealed.filter((vector: { sealedBy: string }) => vector.sealedBy === 'java');
  const sealedHere = [];
  for (const vector of sealedInJava) {
    const { envelope, response } = await sealEnvelope(
      { realm: vector.realm, suite: Number(vector.suite), generation: Number(vector.generation), tenure: BigInt(vector.tenure), inputKey: vector.publicKey },
      vector.networkHash,
      { ...vector, kind: Number(vector.kind) },
      hexToBytes(vector.payload),
    );
    sealedHere.push({
      ...vector,
      sealedBy: 'typescript',
      envelope,
      inputHash: keccak256(envelope),
      encapsulation: response.encapsulation,
      responseSecret: response.secret,
    });
  }
  expect(sealedHere.length).toBeGreaterThan(0);
  file.sealed = [...sealedInJava, ...sealedHere];
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
});
