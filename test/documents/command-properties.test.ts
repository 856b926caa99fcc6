import { describe, expect, it } from "vitest";
import { readCommandProperties, readOutputSeparation } from "../../emulator/documents/command-properties.ts";

const read = (properties: Readonly<Record<string, unknown>>) =>
  readCommandProperties({ sessionType: "InteractiveCommands", properties });

describe("readCommandProperties", () => {
  it("takes the Linux member and fills in what it leaves out", () => {
    expect(read({ linux: { commands: "ls" }, windows: { commands: "dir", runAsElevated: true } })).toEqual({
      commands: "ls",
      runAsElevated: false,
      separateOutputStream: undefined,
      stdOutSeparatorPrefix: "",
      stdErrSeparatorPrefix: "",
    });
  });

  it.each([
    [{}, "Commands cannot be empty for session type InteractiveCommands"],
    [{ linux: { commands: " \n" } }, "Commands cannot be empty for session type InteractiveCommands"],
    [
      { linux: { commands: ["a", "b"] } },
      "Invalid format in session properties map[linux:map[commands:[a b]]];\nerror json: cannot unmarshal array into Go struct field ShellConfig.linux.commands of type string",
    ],
    [
      { linux: { commands: "ls", runAsElevated: "true" } },
      "Invalid format in session properties map[linux:map[commands:ls runAsElevated:true]];\nerror json: cannot unmarshal string into Go struct field ShellConfig.linux.runAsElevated of type bool",
    ],
    [
      { linux: { commands: "ls" }, windows: { commands: ["a"] } },
      "Invalid format in session properties map[linux:map[commands:ls] windows:map[commands:[a]]];\nerror json: cannot unmarshal array into Go struct field ShellConfig.windows.commands of type string",
    ],
    [
      { linux: "ls" },
      "Invalid format in session properties map[linux:ls];\nerror json: cannot unmarshal string into Go struct field ShellProperties.linux of type contracts.ShellConfig",
    ],
  ])("refuses %j in the agent's words", (properties, text) => {
    expect(read(properties)).toEqual({ type: "invalid", text });
  });
});

describe("readOutputSeparation", () => {
  const separation = (linux: Readonly<Record<string, unknown>>) => {
    const command = read({ linux: { commands: "ls", ...linux } });
    if ("type" in command) throw new Error(command.text);
    return readOutputSeparation(command);
  };

  it.each([
    [{}, { type: "joined" }],
    [{ separateOutputStream: "false", stdOutSeparatorPrefix: "not looked at!" }, { type: "joined" }],
    [{ separateOutputStream: true }, { type: "separate", stdout: "", stderr: "" }],
    [
      { separateOutputStream: "true", stdOutSeparatorPrefix: "OUT:", stdErrSeparatorPrefix: "ERR-\r\n" },
      { type: "separate", stdout: "OUT:", stderr: "ERR-\r\n" },
    ],
    [
      { separateOutputStream: true, stdOutSeparatorPrefix: "a b" },
      { type: "invalid", text: "invalid stdoutSeparatorPrefix a b" },
    ],
    [
      { separateOutputStream: true, stdErrSeparatorPrefix: "e".repeat(31) },
      { type: "invalid", text: `invalid stderrSeparatorPrefix ${"e".repeat(31)}` },
    ],
    [
      { separateOutputStream: "yes" },
      {
        type: "invalid",
        text: 'fail to get separateOutPutStream property: unable to convert separateOutPutStream: invalid input strconv.ParseBool: parsing "yes": invalid syntax',
      },
    ],
  ])("reads %j", (linux, expected) => {
    expect(separation(linux)).toEqual(expected);
  });
});
