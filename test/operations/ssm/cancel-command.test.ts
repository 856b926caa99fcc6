import { expect, it } from "vitest";
import { cancelCommand } from "../../../emulator/operations/ssm/cancel-command.ts";
import { refusal } from "../../helpers/refusal.ts";
import { commandId, commandRecord, contextWith, nodeId } from "./commands.ts";

type Input = Parameters<typeof cancelCommand.handle>[0];

function cancel(input: Partial<Input>) {
  const calls: unknown[] = [];
  const commands = {
    run: () => {},
    cancel: (...call: readonly unknown[]) => void calls.push(call),
  };
  const answer = cancelCommand.handle(
    { CommandId: commandId, ...input },
    { ...contextWith(commandRecord()), commands },
  );
  return { answer, calls };
}

it.each<readonly [Partial<Input>, readonly unknown[]]>([
  [{}, [commandId]],
  [{ InstanceIds: [] }, [commandId]],
  [{ InstanceIds: [nodeId] }, [commandId, [nodeId]]],
])("cancels on all nodes, or on those named: %j", (input, call) => {
  expect(cancel(input)).toEqual({ answer: {}, calls: [call] });
});

it.each<readonly [Partial<Input>, string]>([
  [{ CommandId: "99999999-2222-4333-8444-555555555555" }, "InvalidCommandId"],
  [{ InstanceIds: [nodeId, nodeId] }, "DuplicateInstanceId"],
  [{ InstanceIds: ["i-0bbbbbbb"] }, "InvalidInstanceId"],
])("refuses %j", (input, code) => {
  expect(refusal(() => cancel(input)).code).toBe(code);
});
