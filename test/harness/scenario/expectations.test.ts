import { describe, expect, it } from "vitest";
import { expectRefused, expectStarted } from "../../../harness/scenario/expectations.ts";
import { missingUser, openFakeSession, refusedSession } from "../fake-session.ts";

const staleToken = "The token is invalid, was used before, or has expired.";

describe("a session is refused", () => {
  it("when StartSession is, in its words", () => {
    expect(() => expectRefused(refusedSession(), "BadRequest: Invalid RunAs username.")).not.toThrow();
    expect(() => expectStarted(refusedSession())).toThrow("The session was refused.");
  });

  it("when the node refuses the user", async () => {
    await using fake = openFakeSession();
    fake.facts = missingUser;
    fake.channel.events?.onSession({ sessionType: "Standard_Stream" });
    fake.channel.end({ type: "closed", output: "RunAs user gone does not exist" });
    await fake.session.ended;
    expect(() => expectRefused(fake.session, "gone does not exist")).not.toThrow();
  });

  it("when its client is not let in, though its shell may have started", async () => {
    await using fake = openFakeSession();
    fake.channel.end({ type: "closed", output: staleToken });
    await fake.session.ended;
    expect(() => expectRefused(fake.session, staleToken)).not.toThrow();
    expect(() => expectRefused(fake.session, "other words")).toThrow("The refusal is not as expected.");
  });

  it("but not when it has begun and ends then, whatever the words", async () => {
    await using fake = openFakeSession();
    fake.channel.events?.onSession({ sessionType: "Standard_Stream" });
    fake.channel.end({ type: "closed", output: "Your session timed out." });
    await fake.session.ended;
    expect(() => expectStarted(fake.session)).not.toThrow();
    expect(() => expectRefused(fake.session, "timed out")).toThrow("The session was not refused.");
  });
});
