// Installs the workspace's Node packages when they are missing or older than the lock file; otherwise does nothing.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const TRIES = 3;
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

// npm takes a package for one platform that it could not fetch for one that is not needed, and says nothing: the program in it, such as
// anvil, would be missing for ever.
const fits = ({ os, cpu, libc }) => {
  const family = process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
  return (os || cpu) && (!os || os.includes(process.platform)) && (!cpu || cpu.includes(process.arch)) && (!libc || libc.includes(family));
};
const missing = () =>
  Object.entries(JSON.parse(readFileSync(lock, "utf8")).packages)
    .filter(([name, entry]) => entry.optional && fits(entry) && !existsSync(join(root, name, "package.json")))
    .map(([name]) => name);

const install = () => {
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=5"], { cwd: root, stdio: "inherit" });
  if (result.error) {
    console.error(`npm could not be started (${result.error.message}); install Node 20 or newer with npm`);
    process.exit(1);
  }
  if (result.signal) process.exit(1);
  if (result.status !== 0) return `npm ended with ${result.status}`;
  const absent = missing();
  // Without the stamp the next build installs again.
  if (absent.length > 0) rmSync(stamp, { force: true });
  return absent.length > 0 ? `npm left out ${absent.join(", ")}` : undefined;
};

if (!linked && !current) {
  if (existsSync(stamp) && sameVersions() && missing().length === 0) {
    utimesSync(stamp, new Date(), new Date());
  } else {
    console.log("Installing the Node packages of package-lock.json (Solidity compiler, anvil, forge, web tools) ...");
    let problem = install();
    for (let again = 2; problem && again <= TRIES; again++) {
      console.error(`${problem}; trying again, ${again} of ${TRIES}`);
      problem = install();
    }
    if (problem) {
      console.error(`The Node packages could not be installed: ${problem}`);
      process.exit(1);
    }
  }
}
