/**
 * Whether a host is this very machine: names of RFC 6761, 6.3, addresses of RFC 1122, 3.2.1.3 and RFC 4291,
 * 2.5.3. Such a server is a developer's own.
 *
 * @param hostname as a URL has it: lower case, IPv6 in brackets.
 */
export function isLoopbackHost(hostname: string): boolean {
  return /^(?:(?:[^.]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
