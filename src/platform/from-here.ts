/**
 * The host to connect to, on this machine, for a server that listens on `host`: `0.0.0.0` and `[::]` are all addresses
 * of this machine, which is something to listen on and not to connect to.
 */
export function fromHere(host: string): string {
  return host.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^\[::\]$/, '[::1]')
}
