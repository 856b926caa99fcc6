import { Type } from "typebox";

/** Members that the Run Command operations share. @see SSM API model */
export const commandSchemas = {
  commandId: Type.String({ minLength: 36, maxLength: 36 }),
  instanceId: Type.String({ pattern: "(^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)" }),
  instanceIds: Type.Array(Type.String({ pattern: "(^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)" }), {
    maxItems: 50,
  }),
  maxResults: Type.Integer({ minimum: 1, maximum: 50 }),
  filters: Type.Array(
    Type.Object({
      key: Type.Union([
        Type.Literal("InvokedAfter"),
        Type.Literal("InvokedBefore"),
        Type.Literal("Status"),
        Type.Literal("ExecutionStage"),
        Type.Literal("DocumentName"),
      ]),
      value: Type.String({ minLength: 1, maxLength: 128 }),
    }),
    { minItems: 1, maxItems: 5 },
  ),
} as const;
