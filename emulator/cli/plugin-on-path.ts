import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ConfigError } from "../errors.ts";
import type { Variables } from "./persona-environment.ts";

const program = "session-manager-plugin";
/** Holds our executable that takes AWS's plugin's place, and nothing else. */
export const ownPluginFolder = join(import.meta.dirname, "..", "..", program);

/**
 * Which plugin the AWS CLI is to find.
 * `auto`: the one on PATH, else ours.
 * `ours`: ours, whatever is on PATH.
 * `none`: PATH is not looked at, for example because it is another machine's.
 */
export const pluginChoices = ["auto", "ours", "none"] as const;
export type PluginChoice = (typeof pluginChoices)[number];

/** What the AWS CLI will find. */
export interface PluginInUse {
  /** Undefined: nobody looked. */
  readonly path: string | undefined;
  readonly isOurs: boolean;
  /** Where our folder has to go for this; undefined: nowhere. */
  readonly addition: { readonly folder: string; readonly place: "first" | "last" } | undefined;
}

/** @throws ConfigError for a choice that there is none of */
export function choosePlugin(choice: string, searchPath: string): PluginInUse {
  const own = join(ownPluginFolder, program);
  const found = findPlugin(searchPath);
  const isOurs = found !== undefined && realpathSync(found) === realpathSync(own);
  switch (readChoice(choice)) {
    case "none":
      return { path: undefined, isOurs: false, addition: undefined };
    case "auto":
      if (found !== undefined) return { path: found, isOurs, addition: undefined };
      return { path: own, isOurs: true, addition: { folder: ownPluginFolder, place: "last" } };
    case "ours":
      if (isOurs) return { path: found, isOurs, addition: undefined };
      return { path: own, isOurs: true, addition: { folder: ownPluginFolder, place: "first" } };
  }
}

/** The variable PATH as it is to be, for a program. */
export function extendedPath({ addition }: PluginInUse, searchPath: string): Variables {
  if (addition === undefined) return {};
  const { folder, place } = addition;
  const folders = place === "first" ? [folder, searchPath] : [searchPath, folder];
  return { PATH: folders.filter(Boolean).join(delimiter) };
}

function readChoice(choice: string): PluginChoice {
  const known = pluginChoices.find((name) => name === choice);
  if (known !== undefined) return known;
  throw new ConfigError(`--plugin: expected ${pluginChoices.join(", ")}, found ${choice}`);
}

function findPlugin(searchPath: string): string | undefined {
  const files = searchPath
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, program));
  return files.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
