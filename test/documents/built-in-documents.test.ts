import { describe, expect, it } from "vitest";
import { builtInDocuments } from "../../emulator/documents/built-in-documents.ts";
import { goPattern } from "../../emulator/documents/go-pattern.ts";
import { isObject } from "../../emulator/documents/json-value.ts";

function patternOf(document: string, parameter: string): string {
  const parameters = builtInDocuments.find(({ name }) => name === document)?.content.parameters;
  const definition = isObject(parameters) ? parameters[parameter] : undefined;
  return isObject(definition) ? String(definition.allowedPattern) : "no such parameter";
}

describe("the built-in documents' patterns", () => {
  it.each([
    ["AWS-StartPortForwardingSession", "portNumber", ["1", "80", "65535"], ["0", "65536", "080", "80 ", ""]],
    ["AWS-StartPortForwardingSession", "localPortNumber", ["0", "9999", "65535"], ["65536", "-1"]],
    ["AWS-StartSSHSession", "portNumber", ["22", "2222"], ["0", "ssh"]],
    [
      "AWS-StartPortForwardingSessionToRemoteHost",
      "host",
      ["localhost", "10.0.0.5", "db.example.internal", "fd00::1", "a b/c"],
      [
        "ab",
        "$(id)",
        "a;id",
        "`id`",
        "a|id",
        "[::1]",
        "a'b",
        'a"b',
        "a=b",
        "a#b",
        "a<b",
        "a&b",
        "a,b",
        "a^b",
      ],
    ],
    ["AWS-PasswordReset", "username", ["alice", "_svc.2"], ["-x", "a b", "", `a${"b".repeat(64)}`]],
    ["AWS-StartPortForwardingSessionToSocket", "localUnixSocket", ["/run/app.sock"], [""]],
  ])("tell good values of %s's %s from bad ones", (document, parameter, good, bad) => {
    const pattern = goPattern(patternOf(document, parameter));
    expect(good.filter((text) => pattern?.test(text) !== true)).toEqual([]);
    expect(bad.filter((text) => pattern?.test(text) !== false)).toEqual([]);
  });
});
