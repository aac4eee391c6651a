// Runs the Solidity tests with forge. A run whose inputs (tests, contracts, vectors) passed before is not repeated.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const module = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const root = resolve(module, "..");
const stamp = join(module, "target/forge/passed.json");
const architecture = { x64: "amd64", arm64: "arm64" }[process.arch] ?? process.arch;
// The platform package's own executable: the shim around it would leave orphans behind.
const forge = join(root, `node_modules/@foundry-rs/forge-${process.platform}-${architecture}/bin/forge${process.platform === "win32" ? ".exe" : ""}`);

// mvn -Dtest=X asks for some Java tests of some module and for nothing else; Maven leaves the name unresolved otherwise.
const javaTests = process.argv.find((argument) => argument.startsWith("--java-tests="))?.slice("--java-tests=".length);
if (javaTests && !javaTests.startsWith("${")) process.exit(0);

const files = (folder) => (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [])
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
const hash = createHash("sha256");
const inputs = [
  ...["src", "secret", "samples", "test", "build"].flatMap((folder) => files(join(module, folder))),
  ...files(join(root, "protocol/src/test/resources/vectors")),
  ...["foundry.toml", "gas-snapshot.json"].map((name) => join(module, name)).filter(existsSync),
];
for (const file of inputs) hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
const fingerprint = hash.digest("hex");
if (existsSync(stamp)) {
  const last = JSON.parse(readFileSync(stamp, "utf8"));
  if (last.fingerprint === fingerprint) {
    console.log(`Solidity tests: ${last.passed} passed; nothing has changed since`);
    process.exit(0);
  }
}
if (!existsSync(forge)) {
  console.error(`forge is missing (${relative(root, forge)}): run npm ci in ${root}, or this platform has no package of it`);
  process.exit(1);
}
const started = Date.now();
const run = spawnSync(forge, ["test", "--json", "--threads", "2"], {
  cwd: module, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, FOUNDRY_DISABLE_NIGHTLY_WARNING: "1" },
});
let suites;
try {
  suites = JSON.parse(run.stdout.slice(run.stdout.indexOf("{")));
} catch {
  console.error(run.stdout, run.stderr);
  process.exit(1);
}
let passed = 0;
let cases = 0;
const failures = [];
const skipped = [];
for (const [suite, { test_results: results }] of Object.entries(suites)) {
  for (const [test, result] of Object.entries(results)) {
    if (result.status === "Success") {
      ++passed;
      cases += result.kind?.Fuzz?.runs ?? result.kind?.Invariant?.calls ?? 1;
    } else if (result.status === "Skipped") {
      skipped.push(`${suite} ${test}`);
    } else {
      failures.push(`${suite} ${test}: ${result.reason ?? ""} ${JSON.stringify(result.counterexample ?? "")}`);
    }
  }
}
console.log(`Solidity tests: ${passed} passed (${cases} cases), ${failures.length} failed, ${skipped.length} skipped in ${((Date.now() - started) / 1000).toFixed(1)} s`);
for (const failure of [...failures, ...skipped]) console.error("  " + failure);
if (failures.length + skipped.length > 0 || passed === 0) {
  rmSync(stamp, { force: true });
  process.exit(1);
}
mkdirSync(dirname(stamp), { recursive: true });
writeFileSync(stamp, JSON.stringify({ fingerprint, passed }));
