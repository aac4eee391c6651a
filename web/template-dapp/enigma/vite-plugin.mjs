// While you edit: compiles the contract, deploys it on the running network, and does so again whenever you save it. The page
// imports where it is from 'virtual:enigma'.
import { join } from 'node:path';
import { generate } from './compile.mjs';
import { network, root, settings } from './network.mjs';

const MODULE = 'virtual:enigma';
const RESOLVED = `\0${MODULE}`;
/** Editors write a file in steps, and the watcher keeps quiet for 50 ms after each one it tells of. */
const WRITTEN_MILLIS = 100;
/** Every testnet's accounts come from these words, which everybody knows. */
const TESTNET_WORDS = 'test test test test test test test test test test test junk';

async function deploy(place, artifact) {
  // Only here: building the page needs none of it.
  const [{ createEnigmaClient }, { http }, { mnemonicToAccount }] = await Promise.all([
    import('@enigma-network/enigma-js'),
    import('viem'),
    import('viem/accounts'),
  ]);
  const account = mnemonicToAccount(TESTNET_WORDS, { addressIndex: settings().development.account ?? 0 });
  const client = await createEnigmaClient({
    transport: http(place.ethereum),
    nodes: place.nodes,
    enigma: place.enigma,
    account,
    allowSimulated: true,
  });
  try {
    const { contract, task } = await client.deploy({ ...artifact, args: settings().contract.arguments ?? [] });
    await task.result();
    return { address: contract.address, realm: contract.realm };
  } finally {
    client.close();
  }
}

export function enigma() {
  let place;
  let deployed;
  let serving = false;

  const renew = async (logger) => {
    const artifact = generate();
    if (!serving) return;
    place = network();
    if (place === undefined) {
      deployed = undefined;
      logger.warn('No Enigma network is running: start one with "enigma testnet", then save the contract or restart.');
      return;
    }
    const started = Date.now();
    deployed = await deploy(place, artifact);
    logger.info(`${artifact.name} deployed at ${deployed.address} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  };

  return {
    name: 'enigma',
    config: (_, { command }) => {
      serving = command === 'serve' && !process.env.VITEST;
    },
    async buildStart() {
      if (!serving) generate();
    },
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    load: (id) =>
      id === RESOLVED
        ? `export const network = ${JSON.stringify(place)};\nexport const deployed = ${JSON.stringify(deployed)};\n`
        : undefined,
    async configureServer(server) {
      if (!serving) return;
      const { logger } = server.config;
      await renew(logger).catch((problem) => logger.error(problem.message));
      const folder = join(root, 'contracts');
      server.watcher.add(folder);
      let queue = Promise.resolve();
      const onChange = (file) => {
        if (!file.startsWith(folder) || !file.endsWith('.sol')) return;
        queue = queue.then(async () => {
          try {
            await new Promise((written) => setTimeout(written, WRITTEN_MILLIS));
            await renew(logger);
            const module = server.moduleGraph.getModuleById(RESOLVED);
            if (module) server.moduleGraph.invalidateModule(module);
            server.ws.send({ type: 'full-reload' });
          } catch (problem) {
            logger.error(problem.message);
            server.ws.send({ type: 'error', err: { message: problem.message, stack: '' } });
          }
        });
      };
      server.watcher.on('change', onChange);
      server.watcher.on('add', onChange);
    },
  };
}
