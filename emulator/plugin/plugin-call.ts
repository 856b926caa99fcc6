import type { StartedSession } from "../client/data-channel-client.ts";
import { findJsonFault } from "../documents/json-fault.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line asks for: to print some text, or to hold a session. */
export type PluginCall =
  | { readonly type: "print"; readonly text: string }
  | {
      readonly type: "session";
      readonly start: StartedSession;
      /** Node id; undefined from an AWS CLI that is too old to tell it. */
      readonly target: string | undefined;
      readonly region: string;
      /** Empty: the default one. */
      readonly profile: string;
      /** Of Systems Manager; empty: AWS's own. */
      readonly endpoint: string;
    };

/** The response stands in the variable of this name, not in the argument itself. */
const responseVariablePrefix = "AWS_SSM_START_SESSION_RESPONSE";

/** Of an AWS CLI that knows nothing of encryption. */
const legacyArguments = 3;

/**
 * Reads the arguments as the plugin does, with its texts.
 * @see data-channel reference, section 2; session-manager-plugin `src/sessionmanagerplugin/session/session.go`
 */
export function readPluginCall(
  args: readonly string[],
  environment: Environment,
  version: string,
): PluginCall {
  const [response = "", region = "", operation, profile = "", request = "", endpoint = ""] = args;
  if (args.length === 0) {
    return print(
      "\nThe Session Manager plugin was installed successfully. Use the AWS CLI to start a session.\n\n",
    );
  }
  if (args.length === 1 && response === "--version") return print(`${version}\n`);
  if (args.length < legacyArguments) {
    return print(
      `\nUnknown operation ${response}. \nUse session-manager-plugin --version to check the version.\n\n`,
    );
  }
  if (operation !== "StartSession") return print("Invalid Operation");
  const json = response.startsWith(responseVariablePrefix) ? (environment[response] ?? "") : response;
  const start = readStart(json);
  if (typeof start === "string") return print(`Cannot perform start session: ${start}\n`);
  const target = args.length === legacyArguments ? undefined : targetIn(request);
  return { type: "session", start, target, region, profile, endpoint };
}

function print(text: string): PluginCall {
  return { type: "print", text };
}

/** The plugin crashes where the request names no target. */
function targetIn(request: string): string {
  const members: unknown = findJsonFault(request) === undefined ? JSON.parse(request) : undefined;
  const { Target: target } = Object(members) as Readonly<Record<string, unknown>>;
  return typeof target === "string" ? target : "";
}

/** The answer of StartSession, or what is wrong with it. The plugin crashes where a member is missing. */
function readStart(json: string): StartedSession | string {
  const fault = findJsonFault(json);
  if (fault !== undefined) return describeFault(json, fault);
  const members: unknown = JSON.parse(json);
  const { SessionId, StreamUrl, TokenValue } = Object(members) as Readonly<Record<string, unknown>>;
  if (typeof SessionId !== "string" || typeof StreamUrl !== "string" || typeof TokenValue !== "string") {
    return "expected SessionId, StreamUrl and TokenValue, got less";
  }
  return { sessionId: SessionId, streamUrl: StreamUrl, tokenValue: TokenValue };
}

/** In the words of Go's parser, where they need not tell what came before. */
function describeFault(json: string, offset: number): string {
  if (offset >= json.length) return "unexpected end of JSON input";
  const place = offset === 0 ? "looking for beginning of value" : `at offset ${offset} of the response`;
  return `invalid character '${json[offset]}' ${place}`;
}
