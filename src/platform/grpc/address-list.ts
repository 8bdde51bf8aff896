import { lookup } from 'node:dns/promises'
import { type ChannelOptions, experimental, Metadata, status } from '@grpc/grpc-js'

type Target = experimental.GrpcUri
type Endpoint = experimental.Endpoint

const SCHEME = 'addresses'

/** Minimal time between two lookups. A restarted server may have a new address. */
const MIN_INTERVAL_MS = 1000

/**
 * The target of a gRPC client.
 *
 * @param addresses `host:port`, several with commas between; a host is a name or an IP address, `[::1]` if it has colons
 */
export function targetOf(addresses: string): string {
  experimental.registerResolver(SCHEME, AddressList)
  return `${SCHEME}:${addresses}`
}

/** Resolves a list of names and addresses. grpc-js itself supports one name, or several IP addresses. */
class AddressList implements experimental.Resolver {
  readonly #hosts: readonly experimental.HostPort[]
  readonly #listener: experimental.ResolverListener
  #next: NodeJS.Timeout | undefined
  #resolvedAt = Number.NEGATIVE_INFINITY

  constructor(target: Target, listener: experimental.ResolverListener, _options: ChannelOptions) {
    this.#listener = listener
    this.#hosts = target.path.split(',').flatMap((address) => experimental.splitHostPort(address.trim()) ?? [])
  }

  static getDefaultAuthority({ path }: Target): string {
    return path.split(',')[0] as string
  }

  /** grpc-js calls this whenever a connection breaks or fails. */
  updateResolution(): void {
    if (this.#next !== undefined) return
    const waitMs = Math.max(0, this.#resolvedAt + MIN_INTERVAL_MS - performance.now())
    this.#next = setTimeout(() => void this.#resolve(), waitMs).unref()
  }

  destroy(): void {
    clearTimeout(this.#next)
    this.#next = undefined
  }

  async #resolve(): Promise<void> {
    const found = await Promise.allSettled(this.#hosts.map(endpointsOf))
    if (this.#next === undefined) return
    this.#next = undefined
    this.#resolvedAt = performance.now()
    const endpoints = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
    this.#listener(endpoints.length > 0 ? experimental.statusOrFromValue(endpoints) : notFound(found), {}, null, '')
  }
}

/** Each address of a name is a separate server. */
async function endpointsOf({ host, port = 0 }: experimental.HostPort): Promise<Endpoint[]> {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => ({ addresses: [{ host: address, port }] }))
}

function notFound(attempts: readonly PromiseSettledResult<unknown>[]): experimental.StatusOr<Endpoint[]> {
  const reasons = attempts.flatMap((each) => (each.status === 'rejected' ? String(each.reason) : []))
  return experimental.statusOrFromError({
    code: status.UNAVAILABLE,
    details: `Name resolution failed: ${reasons.join('; ')}`,
    metadata: new Metadata(),
  })
}
