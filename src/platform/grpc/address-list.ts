import { lookup } from 'node:dns/promises'
import { type ChannelOptions, experimental, Metadata, status } from '@grpc/grpc-js'

type Target = experimental.GrpcUri
type Endpoint = experimental.Endpoint

const SCHEME = 'addresses'

/** How long what the names stand for is taken to be true: a server that comes back may have another address. */
const FRESH_MS = 1000

/**
 * What a gRPC client is given to connect to.
 *
 * @param addresses `host:port`, several with commas between; a host is a name or an IP address, `[::1]` if it has colons
 */
export function targetOf(addresses: string): string {
  experimental.registerResolver(SCHEME, AddressList)
  return `${SCHEME}:${addresses}`
}

/** Finds the servers of a list that may have names in it. grpc-js itself knows one name, or several IP addresses. */
class AddressList implements experimental.Resolver {
  readonly #hosts: readonly experimental.HostPort[]
  readonly #listener: experimental.ResolverListener
  #next: NodeJS.Timeout | undefined
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(target: Target, listener: experimental.ResolverListener, _options: ChannelOptions) {
    this.#listener = listener
    this.#hosts = target.path.split(',').flatMap((address) => experimental.splitHostPort(address.trim()) ?? [])
  }

  static getDefaultAuthority({ path }: Target): string {
    return path.split(',')[0] as string
  }

  /** Asked for whenever a connection breaks or cannot be made. */
  updateResolution(): void {
    if (this.#next !== undefined) return
    const waitMs = Math.max(0, this.#lookedAt + FRESH_MS - performance.now())
    this.#next = setTimeout(() => void this.#look(), waitMs).unref()
  }

  destroy(): void {
    clearTimeout(this.#next)
    this.#next = undefined
  }

  async #look(): Promise<void> {
    const found = await Promise.allSettled(this.#hosts.map(endpointsOf))
    if (this.#next === undefined) return
    this.#next = undefined
    this.#lookedAt = performance.now()
    const endpoints = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
    this.#listener(endpoints.length > 0 ? experimental.statusOrFromValue(endpoints) : notFound(found), {}, null, '')
  }
}

/** Every address of a name is a server of its own. */
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
