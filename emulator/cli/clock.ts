import { formatDuration, parseDuration } from "../duration.ts";
import { ConfigError } from "../errors.ts";
import { callAdminApi } from "./admin-client.ts";

interface TimeView {
  readonly now: number;
  readonly iso: string;
  readonly offsetMilliseconds: number;
}

export interface ClockCommandOptions {
  readonly endpoint: string;
  readonly json: boolean;
}

/** What time it is in the emulator. */
export async function describeClock(options: ClockCommandOptions): Promise<string> {
  return describeTime(await callAdminApi<TimeView>(options.endpoint, "/_emulator/clock"), options);
}

/** Puts the emulator's clock forward, and says what time it is then. @throws ConfigError for what is no duration */
export async function advanceClock(duration: string, options: ClockCommandOptions): Promise<string> {
  const milliseconds = parseDuration(duration);
  if (milliseconds === undefined) {
    throw new ConfigError(`clock advance: expected a duration such as 20m or 1h30m, found ${duration}`);
  }
  const time = await callAdminApi<TimeView>(options.endpoint, "/_emulator/clock/advance", {
    method: "POST",
    body: { milliseconds },
  });
  return describeTime(time, options);
}

function describeTime(time: TimeView, { json }: ClockCommandOptions): string {
  if (json) return JSON.stringify(time);
  const { iso, offsetMilliseconds } = time;
  return offsetMilliseconds === 0
    ? `${iso}, the system's time`
    : `${iso}, ${formatDuration(offsetMilliseconds)} ahead of the system's time`;
}
