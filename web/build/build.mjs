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
const client = join(web, "enigma-js");
const template = join(web, "template-dapp");
/** Of the template's folder, what is not the user's. */
const NOT_COPIED = new Set(["node_modules", "dist", "generated"]);

generate();
const started = Date.now();
const built = [];

/** Makes one folder of the classes, unless it is there and made of the same sources. */
async function part(name, sources, make) {
  const folder = join(classes, name);
  const stamp = join(target, `web-${name}.sha256`);
  const inputs = fingerprint(join(web, "build"), join(web, "tsconfig.base.json"), join(client, "src"), ...sources);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === inputs && existsSync(folder)) return;
  rmSync(stamp, { force: true });
  await make(folder);
  mkdirSync(target, { recursive: true });
  writeFileSync(stamp, inputs);
  built.push(name);
}

async function page(source, outDir) {
  const { build } = await import("vite");
  const before = process.cwd();
  process.chdir(source);
  await build({
    root: source,
    configFile: join(source, "vite.config.ts"),
    // Loads only what the configuration runs: bundling it would look for the built client too, which its development server needs.
    configLoader: "runner",
    logLevel: "error",
    // The client's sources in this checkout, wherever the Node packages are installed.
    resolve: { alias: { "@enigma-network/enigma-js": join(client, "src/index.ts") } },
    build: { outDir, emptyOutDir: true },
  });
  process.chdir(before);
}

/** The template's files, and the client as the package that projects install. */
function project(written) {
  rmSync(join(client, "dist"), { recursive: true, force: true });
  run(program("typescript", "bin/tsc"), ["-p", join(client, "tsconfig.build.json")]);
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
}

await part("explorer", [join(web, "explorer")], (folder) => page(join(web, "explorer"), folder));
await part("dapp", [template], (folder) => page(template, folder));
await part("template", [template, join(client, "package.json"), join(client, "README.md"), join(client, "tsconfig.build.json")], project);
if (built.length > 0) console.log(`Built ${built.join(", ")} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
