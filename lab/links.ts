import { fetchText } from './fetch-text.ts'
import type { Link, State } from './wire.ts'

type Tool = keyof State['links']

/** A tool's URL, optionally followed by a space and the URL for this process. */
export type ToolUrls = Readonly<Partial<Record<Tool, string | undefined>>>

/** A path that answers 200 when the tool works and that other servers are unlikely to have. */
const HEALTH: Record<Tool, string> = { prometheus: '/-/ready', grafana: '/api/health', jaeger: '/' }

const TIMEOUT_MS = 1000

/** How long an answer is cached, in milliseconds. */
const FRESH_MS = 15_000

interface Known {
  /** For a browser. */
  readonly url: string | null
  /** For this process, which may need another address. */
  readonly ownUrl: string | undefined
  reachable: boolean | null
}

/** Optional tools beside the app, and whether they answer. */
export class Links {
  readonly #tools: Record<Tool, Known>
  #checkedAt = Number.NEGATIVE_INFINITY

  constructor({ prometheus, grafana, jaeger }: ToolUrls) {
    this.#tools = { prometheus: known(prometheus), grafana: known(grafana), jaeger: known(jaeger) }
  }

  get current(): State['links'] {
    const link = ({ url, reachable }: Known): Link => ({ url, reachable })
    const { prometheus, grafana, jaeger } = this.#tools
    return { prometheus: link(prometheus), grafana: link(grafana), jaeger: link(jaeger) }
  }

  /** Checks the configured tools, unless the last check is recent. @returns whether a result has changed */
  async check(): Promise<boolean> {
    if (performance.now() - this.#checkedAt < FRESH_MS) return false
    this.#checkedAt = performance.now()
    const changed = await Promise.all(
      Object.entries(this.#tools).map(([tool, known]) => checkOne(known, HEALTH[tool as Tool])),
    )
    return changed.includes(true)
  }
}

function known(setting: string | undefined): Known {
  const [url, ownUrl = url] = (setting ?? '').split(' ').filter(Boolean).map(withoutSlash)
  return { url: url ?? null, ownUrl, reachable: null }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

async function checkOne(tool: Known, path: string): Promise<boolean> {
  if (tool.ownUrl === undefined) return false
  const before = tool.reachable
  tool.reachable = await fetchText(tool.ownUrl + path, TIMEOUT_MS).then(
    () => true,
    () => false,
  )
  return tool.reachable !== before
}
