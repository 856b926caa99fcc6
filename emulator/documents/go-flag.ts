const parseBool: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true] as const),
  ...["", "0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false] as const),
]);

/**
 * A flag that may be text: the agent takes what Go's `strconv.ParseBool` takes; `""` and nothing count as false.
 * @returns the flag, or the agent's words for what is none
 * @see amazon-ssm-agent `agent/framework/docparser/parameters/parameters.go`, ConvertToBool
 */
export function readGoFlag(value: unknown): boolean | { readonly problem: string } {
  if (typeof value === "boolean") return value;
  if (value === undefined || value === null) return false;
  if (typeof value !== "string") return { problem: "invalid parameter type" };
  return (
    parseBool.get(value) ?? {
      problem: `invalid input strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
    }
  );
}
