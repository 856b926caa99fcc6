import { Type } from "typebox";
import { defaultPreferences } from "../../../emulator/documents/default-preferences.ts";
import { preferencesDocumentName } from "../../../emulator/documents/document-name.ts";
import { isObject } from "../../../emulator/documents/json-value.ts";
import { asAwsError } from "../aws-call.ts";
import { defineVerb, Step } from "../verb.ts";
import type { World } from "../world.ts";

/** Changes the Session Manager preferences. */
export const verb = defineVerb({
  name: "preferences",
  schema: Step("Changes the Session Manager preferences, through UpdateDocument or CreateDocument", {
    preferences: Type.Record(Type.String(), Type.Unknown(), {
      minProperties: 1,
      title: "a mapping of inputs, as in the seed",
      description: "Inputs that are merged into those of the document; null takes one out",
    }),
  }),
  async run(step, world) {
    const before = await readPreferences(world);
    const merged = { ...before?.inputs, ...step.preferences };
    const inputs = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    const content = JSON.stringify({ ...(before?.document ?? defaultPreferences), inputs }, null, 2);
    if (before === undefined) {
      await world.call("ssm:CreateDocument", {
        Name: preferencesDocumentName,
        DocumentType: "Session",
        Content: content,
      });
    } else if (JSON.stringify(before.inputs) !== JSON.stringify(inputs)) {
      // AWS refuses a content that is the same as before.
      await world.call("ssm:UpdateDocument", {
        Name: preferencesDocumentName,
        DocumentVersion: "$LATEST",
        Content: content,
      });
    }
  },
});

async function readPreferences(world: World) {
  try {
    const answer = await world.call("ssm:GetDocument", {
      Name: preferencesDocumentName,
      DocumentVersion: "$LATEST",
    });
    const document: unknown = JSON.parse("Content" in answer ? String(answer.Content) : "{}");
    if (!isObject(document)) return { document: defaultPreferences, inputs: {} };
    return { document, inputs: isObject(document.inputs) ? document.inputs : {} };
  } catch (error) {
    if (asAwsError(error)?.code === "InvalidDocument") return undefined;
    throw error;
  }
}
