// What the web build is made from, as one hash, and the programs it runs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const web = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const root = resolve(web, "..");

const LEFT_OUT = new Set(["node_modules", "dist", "target", "documentation"]);

const files = (folder) => existsSync(folder)
  ? readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) =>
      entry.isDirectory() ? (LEFT_OUT.has(entry.name) ? [] : files(join(folder, entry.name))) : [join(folder, entry.name)])
  : [];

/** A hash of the names and contents of these files and folders, and of what is in the lock file. */
export function fingerprint(...places) {
  const hash = createHash("sha256");
  const all = places.flatMap((place) => (existsSync(place) && readdirSafe(place) ? files(place) : [place]));
  for (const file of [...all, join(root, "package-lock.json")]) {
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

const readdirSafe = (place) => {
  try {
    readdirSync(place);
    return true;
  } catch {
    return false;
  }
};

/** The script a node package puts on the PATH, found without npm. */
export function program(name, file) {
  const script = join(root, "node_modules", name, file);
  if (!existsSync(script)) throw new Error(`the node package ${name} is missing: run npm ci in ${root}`);
  return script;
}

/** Runs a node script and gives up with its exit status when it fails. */
export function run(script, parameters, options = {}) {
  const result = spawnSync(process.execPath, [script, ...parameters], { stdio: "inherit", ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}
