import { expect, it } from "vitest";
import { scriptProcess } from "../../../emulator/agent/run-command/script-process.ts";

const process = (workingDirectory = "") =>
  scriptProcess({
    commandId: "c-1",
    region: "eu-west-1",
    node: { nodeId: "i-1", platformName: "Amazon Linux", platformVersion: "2023" },
    script: { text: "id\n", workingDirectory },
  });

it("is root's, with the agent's environment and the command's id, and no HOME", () => {
  expect(process()).toMatchObject({
    environment: {
      LANG: "C.UTF-8",
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      SSM_COMMAND_ID: "c-1",
      AWS_SSM_INSTANCE_ID: "i-1",
      AWS_SSM_REGION_NAME: "eu-west-1",
      AWS_SSM_PLATFORM_NAME: "Amazon Linux",
      AWS_SSM_PLATFORM_VERSION: "2023",
    },
    credential: undefined,
  });
  expect(process().environment).not.toHaveProperty("HOME");
});

it("has its script in the agent's file, whatever it contains", () => {
  expect(process().argv.slice(-2)).toEqual([
    "/var/lib/amazon/ssm/i-1/document/orchestration/c-1/awsrunShellScript/0.awsrunShellScript/_script.sh",
    "id\n",
  ]);
});

it.each([
  ["", "/usr/bin"],
  ["tmp", "/usr/bin"],
  ["/tmp", "/tmp"],
])("runs for the working directory %j in %s", (asked, expected) => {
  expect(process(asked).workingDirectory).toBe(expected);
});
