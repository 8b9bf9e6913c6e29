import { HOST_KEY } from "../../support/args.ts";
import { ECDSA_256, ENCRYPTED_KEYS, PRIVATE_KEY } from "../../support/keys.ts";
import { long, ports, type Row } from "./names.ts";

const login = (path: string): Row[] => [
  [`${path}.host`, undefined, "missing; give the name or the address of the host"],
  [`${path}.host`, "https://203.0.113.10", "which is a URL"],
  [`${path}.host`, "root@203.0.113.10", "which is a mail address"],
  [`${path}.host`, "203.0.113.10:22", "which has a port"],
  [`${path}.host`, "[2001:db8::1]", "which has brackets"],
  [`${path}.host`, "203.0.113.999", "which is not a DNS name"],
  [`${path}.host`, "-oProxyCommand=x", "which is not a DNS name"],
  [`${path}.host`, "203.0.113.10\n", "which contains a line break"],
  ...ports(`${path}.port`),
  [`${path}.user`, "", "which is empty"],
  [`${path}.user`, "ro ot", "which is not a user name"],
  [`${path}.user`, "root;id", "which is not a user name"],
  [`${path}.user`, "-root", "which is not a user name"],
  [`${path}.user`, "ｒoot", "which is not a user name"],
  [`${path}.user`, long(33), "which is not a user name"],
  [`${path}.hostKey`, undefined, "missing; give the line of /etc/ssh/ssh_host_ed25519_key.pub"],
  [`${path}.hostKey`, "", "which is empty"],
  [`${path}.hostKey`, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB", "which is an RSA key"],
  [`${path}.hostKey`, "ssh-dss AAAAB3NzaC1kc3M=", "which is of a type that cannot be pinned"],
  [`${path}.hostKey`, "SHA256:uNiVztksCsDhcc0u9e8BrrQ", "which is a fingerprint"],
  [`${path}.hostKey`, `[203.0.113.10]:22 ${HOST_KEY}`, "which is a line of known_hosts"],
  [`${path}.hostKey`, "AAAAC3NzaC1lZDI1NTE5AAAAIAAB", "which is not a public key"],
  [`${path}.hostKey`, HOST_KEY.slice(0, -8), "which is damaged or not complete"],
  [`${path}.hostKey`, "ssh-ed25519", "which is damaged or not complete"],
  [`${path}.hostKey`, ECDSA_256.replace("nistp256", "nistp384"), "which is damaged or not complete"],
  [`${path}.hostKey`, `${HOST_KEY}\n${HOST_KEY}`, "which contains a line break"],
  [`${path}.hostKey`, PRIVATE_KEY, "which contains a line break"],
  [`${path}.privateKey`, "", "which is empty"],
  [`${path}.privateKey`, HOST_KEY, "which is a public key"],
  [`${path}.privateKey`, "~/.ssh/id_ed25519", "which is the name of a file"],
  [`${path}.privateKey`, "secret", "which is not a private key in PEM form"],
  [`${path}.privateKey`, PRIVATE_KEY.slice(0, 90), "which is cut off before its last line"],
  [`${path}.privateKey`, ENCRYPTED_KEYS.pkcs8, "which is encrypted in a way (PKCS #8)"],
  [`${path}.privateKeyPassword`, "", "which is empty"],
  [`${path}.agentSocketPath`, "", "which is empty"],
  [`${path}.password`, "secret", "unknown; known here: host, port, user, hostKey"],
  [`${path}.hostkey`, HOST_KEY, "unknown; did you mean hostKey?"],
];

/** Ways to log in that are refused. */
export const connection: Record<string, Row[]> = {
  connection: [
    ["connection", undefined, "missing; needs an object"],
    ["connection", "root@203.0.113.10", "got a text; needs an object"],
    ["connection", [], "got a list; needs an object"],
    ...login("connection"),
    ["connection.dialErrorLimit", -1, "got the number -1; a number of further attempts is a whole number from 0"],
    ["connection.dialErrorLimit", 1.5, "got the number 1.5"],
  ],
  "connection.proxy": [
    ["connection.proxy", "bastion.example.com", "needs an object"],
    ...login("connection.proxy"),
    ["connection.proxy.proxy", {}, "unknown"],
    ["connection.proxy.dialErrorLimit", 1, "unknown"],
  ],
};
