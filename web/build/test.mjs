// Checks the types of every web package, runs its tests that need no network, and writes the API's reference. A run whose inputs passed before is not repeated.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generate } from "./generate.mjs";
import { fingerprint, program, root, run, web } from "./sources.mjs";

// mvn -Dtest=X asks for some Java tests and for nothing else; Maven leaves the name unresolved otherwise.
const javaTests = process.argv.find((argument) => argument.startsWith("--java-tests="))?.slice("--java-tests=".length);
if (javaTests && !javaTests.startsWith("${")) process.exit(0);

const PACKAGES = ["enigma-js", "explorer"];
const stamp = join(web, "target/tests-passed.sha256");
/** Milliseconds a test may take: a machine may be slow and busy. */
const PATIENCE = 120_000;

generate();
const inputs = fingerprint(join(web, "build"), join(web, "tsconfig.base.json"), ...PACKAGES.map((name) => join(web, name)),
  join(web, "browser-tests"), join(web, "template-dapp"), join(root, "protocol/src/test/resources/vectors"));
if (existsSync(stamp) && readFileSync(stamp, "utf8") === inputs) {
  console.log("TypeScript tests: nothing has changed since they passed");
  process.exit(0);
}
rmSync(stamp, { force: true });
run(join(web, "template-dapp/enigma/compile.mjs"), []);
run(program("typescript", "bin/tsc"), ["-p", join(web, "build/tsconfig.template.json")]);
run(join(web, "build/size.mjs"), []);
for (const name of PACKAGES) {
  const folder = join(web, name);
  run(program("typescript", "bin/tsc"), ["-p", join(folder, "tsconfig.json")]);
  run(program("vitest", "vitest.mjs"), ["run", "--passWithNoTests", `--testTimeout=${PATIENCE}`, `--hookTimeout=${PATIENCE}`], { cwd: folder });
}
// The API's reference, which fails where something public is not described.
run(program("typedoc", "bin/typedoc"), [], { cwd: join(web, "enigma-js") });
// Its tests need a network: module acceptance runs them.
run(program("typescript", "bin/tsc"), ["-p", join(web, "browser-tests/tsconfig.json")]);
mkdirSync(dirname(stamp), { recursive: true });
writeFileSync(stamp, inputs);
