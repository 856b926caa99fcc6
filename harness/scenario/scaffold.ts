/** A scenario to begin with: it passes as it stands. @param schemaPath as editors find the published schema */
export function scaffold(name: string, schemaPath: string): string {
  return `# yaml-language-server: $schema=${schemaPath}
# Every verb and its modifiers: docs/write-a-scenario.md
name: ${JSON.stringify(name)}
why: Say here why it matters, in a sentence.
given:
  # IAM users with their tags
  users: { alice: { SSMSessionRunAs: ops }, bob: }
  # nodes with their OS users
  nodes: { web-1: [ops] }
  # the Session Manager preferences; left out, there are none, and Run As is off
  preferences: { runAsEnabled: true }
steps:
  - start: alice
    runsAs: ops
  - run: whoami
    output: ops
  - start: bob
    refused: Invalid RunAs username.
then:
  - session: alice
    logged: [whoami, ops]
  - nothingLeftBehind: true
`;
}
