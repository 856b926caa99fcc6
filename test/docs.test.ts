import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocolErrorCodes } from "../emulator/errors.ts";
import { readSeed } from "../emulator/seed/read-seed.ts";

const root = join(import.meta.dirname, "..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
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
    const source = readFileSync(join(root, "emulator/http/admin-api.ts"), "utf8");
    const routes = [...source.matchAll(/app\.(get|post)\(\s*"([^"]+)"/g)].map(
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
    const example = /```yaml\n([\s\S]*?)```/.exec(read("docs/seed.md"))?.[1] ?? "";
    expect(readSeed(example, "docs/seed.md")).toMatchObject({
      account: "123456789012",
      users: [{ name: "dana" }],
    });
  });
});
