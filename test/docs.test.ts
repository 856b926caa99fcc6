import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocolErrorCodes } from "../emulator/errors.ts";
import { builtInSeed } from "../emulator/seed/built-in-seed.ts";
import { readSeed } from "../emulator/seed/read-seed.ts";
import { run } from "./cli/run.ts";

const root = join(import.meta.dirname, "..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter(isPage)
    .map((file) => `docs/${file}`),
];

function isPage(file: string): boolean {
  return file.endsWith(".md");
}

function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

describe("the documentation", () => {
  it.each(pages)("links from %s to pages that exist", (page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => target);
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  it("lists every code of the data channel", () => {
    const listed = [...read("docs/errors.md").matchAll(/^\| `(frame-[a-z-]+)` \| (\d+) /gm)];
    expect(Object.fromEntries(listed.map(([, code, close]) => [code, Number(close)]))).toEqual(
      protocolErrorCodes,
    );
  });

  it("lists every route of the admin API", () => {
    const parts = readdirSync(join(root, "emulator/http/admin")).map((file) => `emulator/http/admin/${file}`);
    const source = ["emulator/http/admin-api.ts", ...parts].map(read).join("\n");
    const routes = [...source.matchAll(/app\.(get|post|put|delete)\(\s*"([^"]+)"/g)].map(
      ([, method = "", path = ""]) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, "{$1}")}`,
    );
    const page = read("docs/admin-api.md");
    expect(routes.length).toBeGreaterThan(8);
    expect(
      routes.filter(
        (route) => !page.includes(route.replace("GET /_emulator/openapi.json", "/_emulator/openapi.json")),
      ),
    ).toEqual([]);
  });

  it("shows a seed that is read without a mistake", () => {
    expect(readSeed(blockWith("name: dana"), "docs/seed.md")).toMatchObject({
      account: "123456789012",
      users: [{ name: "dana" }],
    });
  });

  it("shows the built-in seed as it is", () => {
    expect(readSeed(blockWith("name: alice"), "docs/seed.md")).toEqual(builtInSeed);
  });

  it("runs every command there is and no other", async () => {
    const { out } = await run("--help");
    const commands = [...out.matchAll(/^ {2}([a-z]+) (?:\[|<| )/gm)].map(([, name]) => name);
    const call = /(?:npx|-T emulator) ssm-emulator ([a-z]+)/g;
    const named = pages.flatMap((page) => [...read(page).matchAll(call)].map(([, name]) => name));
    expect(new Set(named)).toEqual(new Set(commands.filter((name) => name !== "help")));
  });
});

/** The YAML example of the seed page in which this stands. */
function blockWith(text: string): string {
  const blocks = [...read("docs/seed.md").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
  return blocks.find((block) => block.includes(text)) ?? "";
}
