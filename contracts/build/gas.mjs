// Measures the operations of rule C15 again and writes contracts/gas-snapshot.json, printing what changed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const module = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const architecture = { x64: "amd64", arm64: "arm64" }[process.arch] ?? process.arch;
const forge = join(module, `../node_modules/@foundry-rs/forge-${process.platform}-${architecture}/bin/forge`);
const snapshot = join(module, "gas-snapshot.json");
const run = spawnSync(forge, ["test", "--match-contract", "GasTest"], {
  cwd: module, encoding: "utf8", env: { ...process.env, ENIGMA_GAS_SNAPSHOT: "true" },
});
if (run.status !== 0) {
  console.error(run.stdout, run.stderr);
  process.exit(1);
}
const before = existsSync(snapshot) ? JSON.parse(readFileSync(snapshot, "utf8")) : {};
const text = readFileSync(join(module, "target/gas-snapshot.json"), "utf8");
for (const [name, gas] of Object.entries(JSON.parse(text))) {
  const change = before[name] === undefined ? "" : gas === before[name] ? "unchanged" : `${gas > before[name] ? "+" : ""}${gas - before[name]}`;
  console.log(`${name.padEnd(26)} ${String(gas).padStart(9)}  ${change}`);
}
writeFileSync(snapshot, text);
