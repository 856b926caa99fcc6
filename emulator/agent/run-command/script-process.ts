import type { ShellScript } from "../../operations/ports/command-control.ts";
import type { NodeDescription } from "../../operations/ports/managed-nodes.ts";
import { agentPath, agentWorkingDirectory } from "../agent-service.ts";
import type { PipedProcessOptions } from "../managed-node.ts";

/** Writes its second argument to the file that its first names, as the agent does, and becomes the agent's `sh -c FILE`. */
const launcher = `(umask 077 && mkdir -p "\${1%/*}" && printf %s "$2" >"$1" && chmod 700 "$1") && exec sh -c "$1"`;

export interface ScriptProcessOptions {
  readonly commandId: string;
  readonly region: string;
  readonly node: Pick<NodeDescription, "nodeId" | "platformName" | "platformVersion">;
  readonly script: Pick<ShellScript, "text" | "workingDirectory">;
}

/**
 * The process for which the agent starts a script: root, without HOME and without a terminal. The script is a file, so that
 * its first line can name an interpreter, and the file stays, as on AWS.
 * @see amazon-ssm-agent `agent/plugins/runscript/runscript.go` and `agent/executers/executers.go`, prepareEnvironment
 */
export function scriptProcess(options: ScriptProcessOptions): PipedProcessOptions {
  const { commandId, region, node, script } = options;
  const { text, workingDirectory } = script;
  const folder = `/var/lib/amazon/ssm/${node.nodeId}/document/orchestration/${commandId}`;
  const file = `${folder}/awsrunShellScript/0.awsrunShellScript/_script.sh`;
  return {
    argv: ["sh", "-c", launcher, "sh", file, text],
    environment: {
      LANG: "C.UTF-8",
      PATH: agentPath,
      SSM_COMMAND_ID: commandId,
      AWS_SSM_INSTANCE_ID: node.nodeId,
      AWS_SSM_REGION_NAME: region,
      AWS_SSM_PLATFORM_NAME: node.platformName,
      AWS_SSM_PLATFORM_VERSION: node.platformVersion,
    },
    // A relative one is looked for below the command's downloads, of which there are none.
    workingDirectory: workingDirectory.startsWith("/") ? workingDirectory : agentWorkingDirectory,
    credential: undefined,
    joinOutput: false,
  };
}
