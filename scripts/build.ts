/**
 * Makes `dist/`, the package as others install it: JavaScript, because Node does not strip types below `node_modules`,
 * with the declarations, and everything else that is needed at run time. `npm pack ./dist` packs it.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const copied = ["containers", "scenarios", "session-manager-plugin", "README.md", "LICENSE", "CHANGELOG.md"];

rmSync(dist, { recursive: true, force: true });
execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
for (const name of copied) cpSync(join(root, name), join(dist, name), { recursive: true });
for (const name of otherFiles("emulator")) cpSync(join(root, name), join(dist, name));
for (const name of schemas()) cpSync(join(root, name), join(dist, name));
writeFileSync(join(dist, "package.json"), `${JSON.stringify(packageOfDist(), null, 2)}\n`);
chmodSync(join(dist, "emulator/main.js"), 0o755);

function otherFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function schemas(): string[] {
  return readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".schema.json"))
    .map((file) => `docs/${file}`);
}

/** Ours, with what only the checkout needs left out, and every entry as JavaScript. */
function packageOfDist(): object {
  const {
    scripts,
    devDependencies,
    allowScripts,
    optionalDependencies,
    private: _,
    ...kept
  } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const compiled = JSON.stringify({ bin: kept.bin, exports: kept.exports }).replaceAll('.ts"', '.js"');
  return { ...kept, ...JSON.parse(compiled) };
}
