/**
 * What processes of a node may ever do, as the bounding set of setpriv: the capabilities that Docker leaves to a container.
 * There is no seccomp filter beside it.
 * @see moby `oci/caps/defaults.go`
 */
export const nodeCapabilities = [
  "-all",
  "+audit_write",
  "+chown",
  "+dac_override",
  "+fowner",
  "+fsetid",
  "+kill",
  "+mknod",
  "+net_bind_service",
  "+net_raw",
  "+setfcap",
  "+setgid",
  "+setpcap",
  "+setuid",
  "+sys_chroot",
].join(",");
