/** Where a port session leads and where the client listens for it; what is not given is empty. */
export interface PortProperties {
  /** As the node sees it; empty: the node itself. */
  readonly host: string;
  readonly portNumber: string;
  /** Empty or `0`: any free port. */
  readonly localPortNumber: string;
  /** `LocalPortForwarding`; anything else joins the client's standard streams. */
  readonly type: string;
  /** `unix`, or else tcp. */
  readonly localConnectionType: string;
  readonly localUnixSocket: string;
}

/** The properties in a handshake request. What is not text is skipped, as the plugin does. @see data-channel reference, section 10 */
export function portProperties(properties: unknown): PortProperties {
  const given: Readonly<Record<string, unknown>> =
    typeof properties === "object" && properties !== null ? { ...properties } : {};
  const text = (name: keyof PortProperties) => {
    const value = given[name];
    return typeof value === "string" ? value : "";
  };
  return {
    host: text("host"),
    portNumber: text("portNumber"),
    localPortNumber: text("localPortNumber"),
    type: text("type"),
    localConnectionType: text("localConnectionType"),
    localUnixSocket: text("localUnixSocket"),
  };
}
