import { describe, expect, it } from "vitest";
import { defaultPreferences } from "../../emulator/documents/default-preferences.ts";
import { explainInputs } from "../../emulator/documents/explain-inputs.ts";
import { bindParameters } from "../../emulator/documents/parameters.ts";
import type { ResolvedSessionDocument } from "../../emulator/documents/resolve-session-document.ts";

function explain(document: ResolvedSessionDocument) {
  const reading = bindParameters(document.content, {});
  if (reading.type === "refused") throw new Error(reading.text);
  return explainInputs(document, reading);
}

function shell(inputs: Readonly<Record<string, unknown>>): ResolvedSessionDocument {
  const parameters = {
    user: {
      type: "String",
      default: "ops",
      description: undefined,
      allowedPattern: undefined,
      allowedValues: undefined,
      minChars: undefined,
      maxChars: undefined,
    },
  } as const;
  return {
    type: "resolved",
    documentName: "mine",
    version: "2",
    content: { ...defaultPreferences, inputs, parameters },
    inputsOf: { name: "mine", version: "2" },
  };
}

describe("explainInputs", () => {
  it("tells the value that the agent reads, and who says so", () => {
    const inputs = explain(shell({ runAsEnabled: "True", runAsDefaultUser: "{{ user }}" }));
    expect(inputs.slice(0, 3)).toEqual([
      { name: "runAsEnabled", value: true, from: "mine version 2" },
      { name: "runAsDefaultUser", value: "ops", from: "mine version 2, parameter user" },
      { name: "cloudWatchLogGroupName", value: "", from: "not set" },
    ]);
  });

  it("names the preferences behind a document of AWS's", () => {
    const document = { ...shell({ runAsEnabled: true }), inputsOf: { name: "prefs", version: "7" } };
    expect(explain(document)[0]).toEqual({ name: "runAsEnabled", value: true, from: "prefs version 7" });
  });

  it("says so where the account has no preferences", () => {
    const document = { ...shell({}), content: defaultPreferences, inputsOf: undefined };
    expect(new Set(explain(document).map(({ from }) => from))).toEqual(new Set(["no preferences are set"]));
  });

  it("reads nothing from what the agent cannot parse", () => {
    expect(explain(shell({ runAsEnabled: "yes" }))).toEqual([]);
  });
});
