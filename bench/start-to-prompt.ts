import { openDataChannel } from "./shared/data-channel-shell.ts";
import type { Figure } from "./shared/figure.ts";
import { inTurn } from "./shared/in-turn.ts";
import { awsStartSession, dockerExec, type Lab, stockClient, stockPlugin } from "./shared/lab.ts";
import { median } from "./shared/statistics.ts";
import { openOnTerminal } from "./shared/terminal-shell.ts";
import { toPrompt } from "./shared/time-to-prompt.ts";

const rounds = 15;
/** The AWS CLI alone takes long to start. */
const cliRounds = 4;

/** From StartSession to the first prompt, against the same from the start of `docker exec -it`. */
export async function startToPrompt(lab: Lab): Promise<Figure[]> {
  const { environment } = lab;
  const docker = toPrompt(() => openOnTerminal(dockerExec(lab, "-it"), environment));
  const client = toPrompt(async () => openDataChannel(await lab.startSession()));
  const plugin = toPrompt(async () =>
    openOnTerminal(stockPlugin(lab, await lab.startSession()), environment),
  );
  const cli = toPrompt(() => openOnTerminal(awsStartSession, environment));

  const times = await inTurn(rounds, { docker, client, ...(stockClient.hasPlugin && { plugin }) });
  const peer = { name: "docker exec -it", value: median(times.docker) };
  const figures: Figure[] = [];
  const add = (name: string, values: readonly number[], more: Partial<Figure> = {}) => {
    const value = median(values);
    figures.push({ name: `start: ${name}, p50`, unit: "ms", value, peer, goal: undefined, ...more });
  };
  const goal = { type: "ratio-at-most", bound: 1.3 } as const;
  if (times.plugin !== undefined) add("StartSession and plugin to prompt", times.plugin, { goal });
  add("StartSession and bench client to prompt", times.client, times.plugin === undefined ? { goal } : {});
  if (stockClient.hasCli) {
    add("the whole of aws ssm start-session", (await inTurn(cliRounds, { cli })).cli, { realAgent: 1_410 });
  }
  return figures;
}
