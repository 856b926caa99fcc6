import { RE2JS } from "re2js";

/** A pattern that says whether it matches anywhere in a text, in time linear in the text's length. */
export interface GoPattern {
  test(text: string): boolean;
}

/**
 * A document's `allowedPattern` as the agent's regular expressions read it: RE2 syntax, so neither look-around nor
 * backreferences. Undefined when it is no pattern.
 * @see amazon-ssm-agent `agent/framework/docparser/paramvalidator/allowedregexparamvalidator`
 */
export function goPattern(pattern: string): GoPattern | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
