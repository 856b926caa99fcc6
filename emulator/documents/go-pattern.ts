/**
 * A document's `allowedPattern` as the agent's regular expressions read it: RE2 syntax, which JavaScript shares but
 * for leading flags, `\A`, `\z` and the spelling of named groups. Undefined when it is no pattern.
 * @see amazon-ssm-agent `agent/framework/docparser/paramvalidator/allowedregexparamvalidator`
 */
export function goPattern(pattern: string): RegExp | undefined {
  const { flags = "", body = pattern } = /^\(\?(?<flags>[ims]+)\)(?<body>.*)$/s.exec(pattern)?.groups ?? {};
  const source = body.replaceAll("(?P<", "(?<").replaceAll("\\A", "(?<![^])").replaceAll("\\z", "(?![^])");
  try {
    return new RegExp(source, [...new Set(flags)].join(""));
  } catch {
    return undefined;
  }
}
