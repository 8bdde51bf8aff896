/** The parts of V8's `.cpuprofile` format that are used here. Times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  /** The node that ran at each sample. */
  readonly samples: readonly number[]
  /** Time since the previous sample, or since the start. */
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    /** From 0. */
    readonly lineNumber: number
  }
}

/** Time spent in a function or package, without its callees. */
export interface SelfTime {
  readonly name: string
  readonly micros: number
}

export interface SelfTimes {
  /** By function and file, longest first. */
  readonly functions: readonly SelfTime[]
  /** By package, longest first. */
  readonly packages: readonly SelfTime[]
  /** Total, without idle time. */
  readonly busyMicros: number
}

/**
 * @param from start of the period, in microseconds of `process.hrtime()`
 * @param to its end
 * @param root folder that file names are relative to, as a URL
 */
export function selfTimes(profile: CpuProfile, from: number, to: number, root: string): SelfTimes {
  const microsOfNode = sampledTimes(profile, from, to)
  const functions = new Map<string, number>()
  const packages = new Map<string, number>()
  let busyMicros = 0
  for (const { id, callFrame } of profile.nodes) {
    const micros = microsOfNode.get(id)
    if (micros === undefined || callFrame.functionName === '(idle)') continue
    busyMicros += micros
    add(functions, functionName(callFrame, root), micros)
    add(packages, packageName(callFrame, root), micros)
  }
  return { functions: longestFirst(functions), packages: longestFirst(packages), busyMicros }
}

function sampledTimes({ startTime, samples, timeDeltas }: CpuProfile, from: number, to: number): Map<number, number> {
  const times = new Map<number, number>()
  let now = startTime
  samples.forEach((node, index) => {
    now += timeDeltas[index] ?? 0
    // A sample stands for the time until the next one.
    if (now >= from && now < to) add(times, node, timeDeltas[index + 1] ?? 0)
  })
  return times
}

function functionName({ functionName, url, lineNumber }: ProfileNode['callFrame'], root: string): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  return url === '' ? name : `${name} ${shortUrl(url, root)}:${lineNumber + 1}`
}

/** `node_modules/@scope/name` → `@scope/name`; `dist/phases/3-metrics/…` → `dist/phases/3-metrics`. */
function packageName({ functionName, url }: ProfileNode['callFrame'], root: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)'
  if (url.startsWith('node:')) return 'node'
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)
  if (inPackage !== null) return inPackage[1] as string
  return shortUrl(url, root).split('/').slice(0, -1).join('/')
}

function shortUrl(url: string, root: string): string {
  return url.startsWith(root) ? url.slice(root.length) : url
}

function add<K>(sums: Map<K, number>, key: K, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value)
}

function longestFirst(sums: Map<string, number>): SelfTime[] {
  return [...sums].map(([name, micros]) => ({ name, micros })).sort((a, b) => b.micros - a.micros)
}
