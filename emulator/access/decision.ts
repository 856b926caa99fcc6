/** A decision with its reasons, as the admin API and `ssm-emulator sessions` show it. */
export interface Decision {
  readonly steps: readonly DecisionStep[];
  /** `pending` until the node has spoken. */
  readonly outcome: "pending" | "run" | "refused";
  /** The OS user, when `outcome` is `run`; undefined where no shell is switched to a user. */
  readonly runAsUser?: string;
  /** What the client was told, when `outcome` is `refused`. */
  readonly refusal?: string;
}

/** One finding on the way to a decision. */
export interface DecisionStep {
  /** Who found it: the service at StartSession, or the node before the shell starts. */
  readonly by: "service" | "node";
  /** One clause, e.g. `tag SSMSessionRunAs=webadmin on user alice`. */
  readonly finding: string;
}
