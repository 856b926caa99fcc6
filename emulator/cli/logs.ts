import { callAdminApi } from "./admin-client.ts";
import { withVisibleControls } from "./visible-controls.ts";

interface EventView {
  readonly sessionId: string;
  readonly timestamp: number;
  readonly message: string;
}

/** Session log events in order of arrival, one a line: readable, or with `json` as AWS writes them. */
export async function describeLogs(options: {
  readonly endpoint: string;
  readonly json: boolean;
  readonly session: string | undefined;
}): Promise<string> {
  const query = options.session === undefined ? "" : `?sessionId=${encodeURIComponent(options.session)}`;
  const { events } = await callAdminApi<{ events: EventView[] }>(options.endpoint, `/_emulator/logs${query}`);
  if (options.json) return events.map(({ message }) => message).join("\n");
  if (events.length === 0) return "No log events yet.";
  return events.map(describeEvent).join("\n");
}

function describeEvent({ message }: EventView): string {
  const event = JSON.parse(message) as {
    eventTime: string;
    sessionId: string;
    runAsUser: string;
    userIdentity: { arn: string };
    sessionData: string[];
  };
  const head = `${event.eventTime}  ${event.sessionId}  ${event.userIdentity.arn} as ${event.runAsUser}`;
  return [head, ...event.sessionData.map((line) => `  | ${withVisibleControls(line)}`)].join("\n");
}
