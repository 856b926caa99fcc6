import { Type } from "typebox";

const keyTypes = [
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp(256|384|521)",
  "sk-ssh-ed25519@openssh\\.com",
  "sk-ecdsa-sha2-nistp256@openssh\\.com",
];

/**
 * A line of `authorized_keys`: options if any, key type, key, comment if any. At most 16384 characters.
 * @see sshd(8), "AUTHORIZED_KEYS FILE FORMAT"
 */
export const SshPublicKey = Type.String({
  maxLength: 16_384,
  pattern: `^([^\\x00-\\x20\\x7f#][^\\x00-\\x1f\\x7f]* )?(${keyTypes.join("|")}) [A-Za-z0-9+/]+={0,2}( [^\\x00-\\x1f\\x7f]*)?$`,
  title: "one line of authorized_keys: a key type that OpenSSH knows, the key, perhaps a comment",
});
