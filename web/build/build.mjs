// Builds what browsers load and what `enigma init` writes, and puts it, below the folder given (target), into
// classes/network/enigma/web:
//   explorer/   the explorer's page and assets
//   dapp/       the sample dApp's
//   template/   the sample dApp's sources with enigma-js packed as vendor/enigma-js.tgz, and files.txt, which lists them
// Does nothing when no source has changed since the last run.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { generate } from "./generate.mjs";
import { fingerprint, program, run, web } from "./sources.mjs";

const target = resolve(process.argv[2] ?? join(web, "target"));
const classes = join(target, "classes/network/enigma/web");
const stamp = join(target, "web.sha256");
const client = join(web, "enigma-js");
const template = join(web, "template-dapp");
/** Of the template's folder, what is not the user's. */
const NOT_COPIED = new Set(["node_modules", "dist", "generated"]);

generate();
const inputs = fingerprint(join(web, "build"), join(web, "tsconfig.base.json"), client, join(web, "explorer"), template);
const made = ["explorer", "dapp", "template"].map((name) => join(classes, name));
if (existsSync(stamp) && readFileSync(stamp, "utf8") === inputs && made.every((folder) => existsSync(folder))) process.exit(0);

const started = Date.now();
rmSync(stamp, { force: true });

// The client, as the package that projects of `enigma init` install.
rmSync(join(client, "dist"), { recursive: true, force: true });
run(program("typescript", "bin/tsc"), ["-p", join(client, "tsconfig.build.json")]);

// The pages.
const { build } = await import("vite");
const page = (folder, name) => build({
  root: folder,
  configFile: join(folder, "vite.config.ts"),
  logLevel: "warn",
  // The client's sources in this checkout, wherever the Node packages are installed.
  resolve: { alias: { "@enigma-network/enigma-js": join(client, "src/index.ts") } },
  build: { outDir: join(classes, name), emptyOutDir: true },
});
for (const [folder, name] of [[join(web, "explorer"), "explorer"], [template, "dapp"]]) {
  const before = process.cwd();
  process.chdir(folder);
  await page(folder, name);
  process.chdir(before);
}

// The template.
const written = join(classes, "template");
rmSync(written, { recursive: true, force: true });
cpSync(template, written, { recursive: true, filter: (from) => !NOT_COPIED.has(relative(template, from).split(/[\\/]/).pop()) });
const manifest = JSON.parse(readFileSync(join(written, "package.json"), "utf8"));
manifest.dependencies["@enigma-network/enigma-js"] = "file:vendor/enigma-js.tgz";
writeFileSync(join(written, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
const pack = spawnSync("npm", ["pack", "--pack-destination", join(written, "vendor"), "--json", "--loglevel=error"],
  { cwd: client, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
if (pack.status !== 0) process.exit(pack.status ?? 1);
const packed = readdirSync(join(written, "vendor")).find((name) => name.endsWith(".tgz"));
renameSync(join(written, "vendor", packed), join(written, "vendor/enigma-js.tgz"));
const list = readdirSync(written, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => relative(written, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/")).sort();
writeFileSync(join(written, "files.txt"), list.join("\n") + "\n");

mkdirSync(target, { recursive: true });
writeFileSync(stamp, inputs);
console.log(`Built explorer, sample dApp and template in ${((Date.now() - started) / 1000).toFixed(1)} s`);
