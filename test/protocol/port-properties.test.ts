import { describe, expect, it } from "vitest";
import { portProperties } from "../../emulator/protocol/port-properties.ts";

const none = {
  host: "",
  portNumber: "",
  localPortNumber: "",
  type: "",
  localConnectionType: "",
  localUnixSocket: "",
};

describe("port properties", () => {
  it("are taken as text", () => {
    const properties = {
      portNumber: "80",
      localPortNumber: "0",
      type: "LocalPortForwarding",
      more: "ignored",
    };
    expect(portProperties(properties)).toEqual({
      ...none,
      portNumber: "80",
      localPortNumber: "0",
      type: "LocalPortForwarding",
    });
  });

  it.each([[null], [undefined], ["text"], [{ portNumber: 80, type: ["LocalPortForwarding"] }]])(
    "are empty where %j has no text",
    (properties) => {
      expect(portProperties(properties)).toEqual(none);
    },
  );
});
