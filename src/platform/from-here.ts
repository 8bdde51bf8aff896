/**
 * The host to connect to for a server on this machine that listens on `host`. A client cannot connect to `0.0.0.0` or
 * `[::]`, which stand for all addresses.
 */
export function fromHere(host: string): string {
  return host.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^\[::\]$/, '[::1]')
}
