/** The agent service's own PATH, as recorded from the real agent. */
export const agentPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** `WorkingDirectory` of the packaged service unit. */
export const agentWorkingDirectory = "/usr/bin";
