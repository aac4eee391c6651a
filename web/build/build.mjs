// Builds what browsers load and puts it, below the folder given (target), into classes/network/enigma/web:
//   explorer/   the explorer's page and assets
// Does nothing when no source has changed since the last run.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { generate } from "./generate.mjs";
import { fingerprint, program, run, web } from "./sources.mjs";

const target = resolve(process.argv[2] ?? join(web, "target"));
const classes = join(target, "classes/network/enigma/web");
const stamp = join(target, "web.sha256");
const PAGES = ["explorer"];

generate();
const inputs = fingerprint(join(web, "build"), join(web, "tsconfig.base.json"), join(web, "enigma-js/src"),
  ...PAGES.map((page) => join(web, page)));
if (existsSync(stamp) && readFileSync(stamp, "utf8") === inputs && PAGES.every((page) => existsSync(join(classes, page)))) process.exit(0);

const started = Date.now();
rmSync(stamp, { force: true });
for (const page of PAGES) {
  run(program("vite", "bin/vite.js"), ["build", "--logLevel", "warn", "--outDir", join(classes, page), "--emptyOutDir"], { cwd: join(web, page) });
}
mkdirSync(target, { recursive: true });
writeFileSync(stamp, inputs);
console.log(`Built ${PAGES.join(", ")} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
