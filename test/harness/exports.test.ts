import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..", "harness");

/** Names that an entry gives out, each with the file that declares it. */
function exportsOf(entry: string): [name: string, file: string][] {
  const file = join(root, entry);
  const source = readFileSync(file, "utf8");
  const passedOn = [...source.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)"/gm)].flatMap(
    ([, names = "", from = ""]) =>
      names
        .split(",")
        .map((name) => name.trim().replace(/^type /, ""))
        .filter((name) => name !== "")
        .map((name): [string, string] => [name, join(dirname(file), from)]),
  );
  const own = [...source.matchAll(/^export (?:async )?(?:const|function|class|interface|type) (\w+)/gm)];
  return [...passedOn, ...own.map(([, name = ""]): [string, string] => [name, file])];
}

/** The TSDoc in front of a declaration; undefined: there is none. */
function docOf(name: string, file: string): string | undefined {
  const declaration = new RegExp(
    `(/\\*\\*(?:[^*]|\\*(?!/))*\\*/)\\nexport (?:async )?(?:const|function|class|interface|type) ${name}\\b`,
  );
  return declaration.exec(readFileSync(file, "utf8"))?.[1];
}

/** Public members of the file's exported classes that have no TSDoc in front of them. */
function silentMembers(file: string): string[] {
  const classes = readFileSync(file, "utf8").match(/^export class [\s\S]*?^\}/gm) ?? [];
  return classes.flatMap((body) => {
    const lines = body.split("\n");
    return lines.filter((line, at) => /^ {2}[a-z[][^#]*$/i.test(line) && !/\*\/$/.test(lines[at - 1] ?? ""));
  });
}

describe.each(["index.ts", "vitest.ts", "testcontainers.ts"])("the entry harness/%s", (entry) => {
  const exported = exportsOf(entry);

  it("gives something out", () => {
    expect(exported.length).toBeGreaterThan(0);
  });

  it.each(exported)("says what %s is", (name, file) => {
    expect(docOf(name, file)).toMatch(/\w{3}/);
  });
});

describe.each(["emulator-handle.ts", "start-emulator.ts", "terminal-session.ts", "testcontainers.ts"])(
  "the classes of harness/%s",
  (file) => {
    it("say what each public member is", () => {
      expect(silentMembers(join(root, file))).toEqual([]);
    });
  },
);
