import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { EpochMillis } from "../../clock.ts";
import { parseDuration } from "../../duration.ts";
import { ConfigError } from "../../errors.ts";

/** The emulator's clock, as the admin API shows and moves it. */
export interface ClockControl {
  now(): EpochMillis;
  /** How far it is ahead of the system's clock, in milliseconds. */
  readonly offsetMs: number;
  /** Resolves when everything has happened that was due. @throws ConfigError when it is too far */
  advance(ms: number): Promise<void>;
}

const Time = Type.Object({
  now: Type.Number({ description: "Epoch milliseconds" }),
  iso: Type.String({ description: "The same time, ISO 8601" }),
  offsetMilliseconds: Type.Number({ description: "How far it is ahead of the system's clock" }),
});
const Problem = Type.Object({ message: Type.String() });

/** Routes that show the clock and put it forward. */
export const clockRoutes: FastifyPluginAsyncTypebox<{ readonly clock: ClockControl }> = async (
  app,
  { clock },
) => {
  const show = () => ({
    now: clock.now(),
    iso: new Date(clock.now()).toISOString(),
    offsetMilliseconds: clock.offsetMs,
  });

  app.get(
    "/_emulator/clock",
    { schema: { summary: "What time it is in the emulator", response: { 200: Time } } },
    async () => show(),
  );

  app.post(
    "/_emulator/clock/advance",
    {
      schema: {
        summary: "Put the clock forward; answers when everything has happened that was due",
        body: Type.Object(
          {
            milliseconds: Type.Optional(Type.Integer({ minimum: 0 })),
            duration: Type.Optional(Type.String({ description: "E.g. 20m or 1h30m; units d, h, m, s" })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Time, 400: Problem },
      },
    },
    async (request, reply) => {
      const { milliseconds, duration } = request.body;
      if ((milliseconds === undefined) === (duration === undefined)) {
        return reply.code(400).send({ message: "body: expected either milliseconds or duration" });
      }
      const ms = milliseconds ?? parseDuration(duration ?? "");
      if (ms === undefined) {
        const message = `body.duration: expected a duration such as 20m or 1h30m, found ${JSON.stringify(duration)}`;
        return reply.code(400).send({ message });
      }
      try {
        await clock.advance(ms);
      } catch (error) {
        if (error instanceof ConfigError) return reply.code(400).send({ message: error.message });
        throw error;
      }
      return show();
    },
  );
};
