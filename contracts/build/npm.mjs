// Installs the workspace's Node packages when they are missing or older than the lock file; otherwise does nothing.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, statSync, utimesSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const modules = join(root, "node_modules");
const stamp = join(modules, ".package-lock.json");
const lock = join(root, "package-lock.json");

const linked = existsSync(modules) && lstatSync(modules).isSymbolicLink();
const current = existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs;
// A fresh checkout gives the lock file a new time: what counts then is whether the installed versions are the locked ones.
const sameVersions = () => {
  const wanted = JSON.parse(readFileSync(lock, "utf8")).packages;
  const have = JSON.parse(readFileSync(stamp, "utf8")).packages;
  return Object.entries(have).every(([name, entry]) => wanted[name]?.version === entry.version)
    && Object.entries(wanted).every(([name, entry]) => name === "" || entry.optional || have[name] !== undefined);
};

if (!linked && !current) {
  if (existsSync(stamp) && sameVersions()) {
    utimesSync(stamp, new Date(), new Date());
  } else {
    console.log("Installing the Node packages of package-lock.json (Solidity compiler, anvil, forge, web tools) ...");
    const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: "inherit" });
    if (result.error) {
      console.error(`npm could not be started (${result.error.message}); install Node 20 or newer with npm`);
      process.exit(1);
    }
    process.exit(result.status ?? 1);
  }
}
