import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { goJsonString } from "../../emulator/sessionlog/go-json.ts";

describe("goJsonString", () => {
  it.each([
    ["", '""'],
    ["plain 'q'", `"plain 'q'"`],
    ['"\\/', '"\\"\\\\/"'],
    ["<a&b>", '"\\u003ca\\u0026b\\u003e"'],
    ["\b\f\n\r\t", '"\\b\\f\\n\\r\\t"'],
    ["\0\x07\x1b\x1f\x7f", '"\\u0000\\u0007\\u001b\\u001f\x7f"'],
    ["\u2027\u2028\u2029\u202a", '"\u2027\\u2028\\u2029\u202a"'],
    ["é日本😀\ufffd", '"é日本😀\ufffd"'],
  ])("writes %j as Go does", (text, json) => {
    expect(goJsonString(Buffer.from(text))).toBe(json);
  });

  it.each([
    ["a lone continuation byte", "80", 1],
    ["an overlong form of two bytes", "c080", 2],
    ["an overlong form of three bytes", "e08080", 3],
    ["an overlong form of four bytes", "f0808080", 4],
    ["a surrogate", "eda080", 3],
    ["a code point above U+10FFFF", "f4908080", 4],
    ["a character cut at the end", "e697", 2],
    ["a byte that never starts a character", "ff", 1],
  ])("escapes each byte of %s", (_kind, hex, count) => {
    expect(goJsonString(Buffer.from(hex, "hex"))).toBe(`"${"\\ufffd".repeat(count)}"`);
  });

  it("goes on after an invalid byte", () => {
    expect(goJsonString(Buffer.from("61e6c3a962", "hex"))).toBe('"a\\ufffdéb"');
  });
});
