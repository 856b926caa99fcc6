import { describe, expect, it } from "vitest";
import { defaultPreferences } from "../../emulator/documents/default-preferences.ts";
import { readAsAgent } from "../../emulator/documents/read-as-agent.ts";

const withInputs = (inputs: Record<string, unknown>) => readAsAgent({ ...defaultPreferences, inputs });

describe("readAsAgent", () => {
  it("fills in what a document leaves out", () => {
    expect(withInputs({})).toMatchObject({
      type: "parsed",
      document: {
        inputs: {
          s3BucketName: "",
          cloudWatchStreamingEnabled: false,
          runAsEnabled: false,
          runAsDefaultUser: "",
          idleSessionTimeout: 20,
          maxSessionDuration: undefined,
          shellProfile: { linux: "", windows: "" },
        },
      },
    });
  });

  it.each([
    ...["1", "t", "T", "TRUE", "true", "True", true].map((value) => [value, true]),
    ...["0", "f", "F", "FALSE", "false", "False", "", false, null].map((value) => [value, false]),
  ])("takes runAsEnabled %j for %s", (value, runAsEnabled) => {
    expect(withInputs({ runAsEnabled: value })).toMatchObject({ document: { inputs: { runAsEnabled } } });
  });

  it.each([
    ["runAsEnabled", "yes", 'invalid input strconv.ParseBool: parsing "yes": invalid syntax'],
    ["s3EncryptionEnabled", 1, "invalid parameter type"],
    [
      "cloudWatchStreamingEnabled",
      "true",
      "json: cannot unmarshal string into Go struct field SessionInputs.cloudWatchStreamingEnabled of type bool",
    ],
    [
      "runAsDefaultUser",
      ["a"],
      "json: cannot unmarshal array into Go struct field SessionInputs.runAsDefaultUser of type string",
    ],
    [
      "shellProfile",
      { linux: true },
      "json: cannot unmarshal bool into Go struct field SessionInputs.shellProfile.linux of type string",
    ],
  ])("cannot parse %s %j", (name, value, reason) => {
    expect(withInputs({ [name]: value })).toEqual({ type: "unparsable", reason });
  });

  it("leaves the default user untrimmed", () => {
    expect(withInputs({ runAsDefaultUser: " bob " })).toMatchObject({
      document: { inputs: { runAsDefaultUser: " bob " } },
    });
  });

  it("reads the service's limits in minutes", () => {
    expect(withInputs({ idleSessionTimeout: "5", maxSessionDuration: "90" })).toMatchObject({
      document: { inputs: { idleSessionTimeout: 5, maxSessionDuration: 90 } },
    });
  });
});
