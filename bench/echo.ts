import { openDataChannel } from "./shared/data-channel-shell.ts";
import type { Figure } from "./shared/figure.ts";
import { inTurn } from "./shared/in-turn.ts";
import { atPrompt, oneKey } from "./shared/key-echo.ts";
import { dockerExec, type Lab, stockClient, stockPlugin } from "./shared/lab.ts";
import { percentile } from "./shared/statistics.ts";
import { openOnTerminal } from "./shared/terminal-shell.ts";

const keys = 1_000;

/** From a key to its echo by the shell's line editor, against the same through `docker exec -it`. */
export async function echo(lab: Lab): Promise<Figure[]> {
  await using docker = await atPrompt(openOnTerminal(dockerExec(lab, "-it"), lab.environment));
  await using client = await atPrompt(openDataChannel(await lab.startSession()));
  if (!stockClient.hasPlugin) {
    const times = await inTurn(keys, { docker: oneKey(docker), subject: oneKey(client) });
    return figures("bench client", times, goals);
  }
  await using plugin = await atPrompt(
    openOnTerminal(stockPlugin(lab, await lab.startSession()), lab.environment),
  );
  const times = await inTurn(keys, {
    docker: oneKey(docker),
    plugin: oneKey(plugin),
    client: oneKey(client),
  });
  return [
    ...figures("plugin", { docker: times.docker, subject: times.plugin }, goals),
    ...figures("bench client", { docker: times.docker, subject: times.client }, {}),
  ];
}

const goals = { 0.5: 1, 0.99: 3 } as const;

function figures(
  client: string,
  times: { readonly docker: readonly number[]; readonly subject: readonly number[] },
  bounds: Partial<typeof goals>,
): Figure[] {
  return ([0.5, 0.99] as const).map((share) => {
    const bound = bounds[share];
    return {
      name: `echo: a key through the ${client}, p${100 * share}`,
      unit: "ms",
      value: percentile(times.subject, share),
      peer: { name: "docker exec -it", value: percentile(times.docker, share) },
      goal: bound === undefined ? undefined : { type: "difference-at-most", bound },
    };
  });
}
