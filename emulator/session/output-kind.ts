/** What output of a session is to its client; `exit-code` is text, `EXIT_CODE: 0`. @see data-channel reference, section 6 */
export type OutputKind = "output" | "stderr" | "exit-code";
