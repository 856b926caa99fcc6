import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { StartSessionCommand } from "@aws-sdk/client-ssm";
import { type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { TerminalDriver } from "../helpers/terminal.ts";

/** `aws ssm start-session` on a terminal of 80×24. */
export function awsStartSession(
  environment: Readonly<Record<string, string>>,
  ...moreArgs: readonly string[]
): TerminalDriver {
  const args = ["ssm", "start-session", "--target", webNodeId, ...moreArgs];
  return new TerminalDriver("aws", args, { env: environment });
}

export interface PluginCall {
  readonly sessionId: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What the AWS CLI hands to the plugin. @see data-channel reference, section 2 */
export async function pluginCall(
  lab: TestEmulator,
  persona: string,
  endpoint = lab.emulator.url,
): Promise<PluginCall> {
  const start = await lab.ssm(persona).send(new StartSessionCommand({ Target: webNodeId }));
  const { SessionId = "", StreamUrl = "", TokenValue } = start;
  const response = JSON.stringify({
    SessionId,
    StreamUrl: StreamUrl.replace(new URL(StreamUrl).host, new URL(endpoint).host),
    TokenValue,
  });
  const request = JSON.stringify({ Target: webNodeId });
  return {
    sessionId: SessionId,
    args: [response, "us-east-1", "StartSession", "", request, endpoint],
    environment: lab.environment(persona),
  };
}

const stockPlugin = "session-manager-plugin";

/** The stock plugin, or another in its place, on a terminal, started as the AWS CLI does. */
export function pluginOnTerminal({ args, environment }: PluginCall, plugin = stockPlugin): TerminalDriver {
  return new TerminalDriver(plugin, args, { env: environment });
}

/** The same between pipes. */
export function pluginOnPipes(
  { args, environment }: PluginCall,
  plugin = stockPlugin,
): ChildProcessWithoutNullStreams {
  return spawn(plugin, [...args], { env: environment });
}
