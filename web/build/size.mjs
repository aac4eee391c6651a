// Says what a page loads of enigma-js, compressed, and fails when it is more than the aim. viem, which the page has anyway,
// is left out; HPKE and the post-quantum KEM are loaded when the first input is sealed, and count as far as they are not the KEM.
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { generate } from "./generate.mjs";
import { web } from "./sources.mjs";

export const AIM = 60 * 1024;
const KEM = /node_modules\/(@hpke\/hybridkem-x-wing|mlkem)\//;

/** Compressed bytes: of what a page begins with, of what sealing adds, of the post-quantum KEM; and of a page that uses little. */
export async function sizes() {
  generate();
  const bundle = async (contents) => {
    const { outputFiles, metafile } = await build({
      stdin: { contents, resolveDir: join(web, "enigma-js"), loader: "ts" },
      bundle: true, minify: true, splitting: true, format: "esm", target: "es2022", platform: "browser",
      outdir: "out", write: false, metafile: true, external: ["viem", "viem/*"],
    });
    const output = (name) => metafile.outputs[name];
    const bytes = (name) => gzipSync(outputFiles.find((file) => file.path.endsWith(name)).contents, { level: 9 }).length;
    const entry = Object.keys(metafile.outputs).find((name) => output(name).entryPoint === "<stdin>" || name.endsWith("stdin.js"));
    const first = new Set();
    const visit = (name) => {
      if (first.has(name)) return;
      first.add(name);
      for (const each of output(name).imports) if (!each.external && each.kind === "import-statement") visit(each.path);
    };
    visit(entry);
    const sum = (names) => names.reduce((total, name) => total + bytes(name), 0);
    const later = Object.keys(metafile.outputs).filter((name) => !first.has(name));
    const isKem = (name) => Object.keys(output(name).inputs).some((input) => KEM.test(input));
    return { first: sum([...first]), sealing: sum(later.filter((name) => !isKem(name))), kem: sum(later.filter(isKem)) };
  };
  const all = await bundle('export * from "./src/index.ts"');
  const part = await bundle('export { formatEng } from "./src/index.ts"');
  return { ...all, part: part.first };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { first, sealing, kem, part } = await sizes();
  const kB = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;
  console.log(`enigma-js, gzip, without viem: ${kB(first + sealing)} (aim: ${kB(AIM)}): ${kB(first)} at first, ${kB(sealing)} when something is sealed;`);
  console.log(`the post-quantum KEM, when something is sealed to one: ${kB(kem)}; a page that only formats amounts: ${kB(part)}`);
  if (first + sealing > AIM) process.exit(1);
}
