import { describe, expect, it } from "vitest";
import { builtInDocuments } from "../../emulator/documents/built-in-documents.ts";
import { checkSessionDocument } from "../../emulator/documents/check-session-document.ts";
import { defaultPreferences } from "../../emulator/documents/default-preferences.ts";

const shell = { schemaVersion: "1.0", sessionType: "Standard_Stream", inputs: {} };
const port = { schemaVersion: "1.0", sessionType: "Port" };

describe("checkSessionDocument", () => {
  it("accepts the default preferences", () => {
    expect(checkSessionDocument(defaultPreferences)).toMatchObject({ type: "accepted" });
  });

  it.each(builtInDocuments)("accepts AWS's own $name", ({ content }) => {
    expect(checkSessionDocument(content)).toMatchObject({ type: "accepted" });
  });

  it.each([
    ["idleSessionTimeout", "1"],
    ["idleSessionTimeout", "60"],
    ["idleSessionTimeout", "{{ minutes }}"],
    ["maxSessionDuration", ""],
    ["maxSessionDuration", "1440"],
    ["runAsEnabled", ""],
    ["runAsEnabled", "yes"],
    ["shellProfile", { linux: "date" }],
  ])("accepts the input %s %j", (name, value) => {
    expect(checkSessionDocument({ ...shell, inputs: { [name]: value } })).toMatchObject({ type: "accepted" });
  });

  it.each([
    ["idleSessionTimeout", "0", 'expected minutes between "1" and "60", got "0"'],
    ["idleSessionTimeout", "61", 'expected minutes between "1" and "60", got "61"'],
    ["idleSessionTimeout", 20, "expected a string, got number"],
    ["maxSessionDuration", "1441", 'expected minutes between "1" and "1440", got "1441"'],
    ["maxSessionDuration", "1.5", 'expected minutes between "1" and "1440", got "1.5"'],
    ["runAsEnabled", 1, "expected true or false, got number"],
    ["runAsDefaultUser", null, "expected a string, got null"],
    ["shellProfile", { macos: "" }, "expected texts for linux and windows and nothing else"],
  ])("refuses the input %s %j", (name, value, text) => {
    expect(checkSessionDocument({ ...shell, inputs: { [name]: value } })).toEqual({
      type: "refused",
      code: "InvalidDocumentContent",
      text: `inputs.${name}: ${text}.`,
    });
  });

  it.each([
    ["an array", [], "Session document: expected an object, got array."],
    [
      "no schemaVersion",
      { ...shell, schemaVersion: undefined },
      "schemaVersion: expected a string, got nothing.",
    ],
    [
      "no sessionType",
      { schemaVersion: "1.0" },
      "sessionType: expected one of Standard_Stream, InteractiveCommands, NonInteractiveCommands, Port, got nothing.",
    ],
    ["a shell without inputs", { ...shell, inputs: undefined }, "inputs: expected an object, got nothing."],
    [
      "an unknown input",
      { ...shell, inputs: { runAs: "" } },
      "inputs.runAs is not an input of a session document.",
    ],
    [
      "an inherited name",
      { ...shell, inputs: { toString: "" } },
      "inputs.toString is not an input of a session document.",
    ],
    ["an unknown member", { ...shell, mainSteps: [] }, "mainSteps is not a member of a session document."],
    ["properties as text", { ...port, properties: "" }, "properties: expected an object, got string."],
    [
      "an unknown parameter type",
      { ...port, parameters: { p: { type: "Boolean" } } },
      'parameters.p.type: expected one of String, StringList, got "Boolean".',
    ],
    [
      "a broken pattern",
      { ...port, parameters: { p: { type: "String", allowedPattern: "(" } } },
      'parameters.p.allowedPattern: expected a regular expression, got "(".',
    ],
    [
      "an unknown member of a parameter",
      { ...port, parameters: { p: { type: "String", pattern: "" } } },
      "parameters.p.pattern is not a member of a parameter.",
    ],
  ])("refuses %s", (_, value, text) => {
    expect(checkSessionDocument(value)).toEqual({ type: "refused", code: "InvalidDocumentContent", text });
  });

  it("refuses another schema version with AWS's text", () => {
    expect(checkSessionDocument({ ...shell, schemaVersion: "2.0" })).toEqual({
      type: "refused",
      code: "InvalidDocumentSchemaVersion",
      text: "2.0 is not a valid schema version for Session document type",
    });
  });
});
