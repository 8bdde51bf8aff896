import { type IncomingMessage, request as openRequest } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { RunSent } from '../../lab/lesson-wire.ts'
import { NotUnderstood } from './command-line.ts'

/** A request to this server, as the arguments of curl describe it. */
export interface CurlRequest {
  readonly method: string
  /** The name by which it is sent to this server. */
  readonly host: string
  /** With the query. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | undefined
  readonly timeoutMs: number
  /** Whether the headers of the answer are printed as well. */
  readonly showsHeaders: boolean
  readonly headersOnly: boolean
  readonly isSilent: boolean
  readonly discardsBody: boolean
}

const DEFAULT_TIMEOUT_MS = 30_000

/** The address that the lessons use. It stands for this server, whatever its port is. */
const OWN_HOST = /^(?:http:\/\/)?(?:localhost|127\.0\.0\.1):8080(?=\/|$)/

/** Options with a value. */
const WITH_VALUE: ReadonlySet<string> = new Set(['-X', '-H', '-d', '-A', '-m', '-o', '--data-urlencode', '--max-time'])

/**
 * Reads the arguments of curl.
 *
 * @param ownUrl this server; it may be named as `localhost:8080`, too
 * @throws NotUnderstood for another server or an option that is not supported
 */
export function readCurl(args: readonly string[], ownUrl: string): CurlRequest {
  const { flags, values, urls } = optionsOf(args)
  const [url, ...more] = urls
  if (url === undefined || more.length > 0) throw new NotUnderstood('curl with several addresses, or none')
  const { host, path } = addressIn(url, ownUrl)
  const all = (name: string) => values.filter(([option]) => option === name).map(([, value]) => value)
  const data = [...all('-d'), ...all('--data-urlencode').map(encoded)]
  const isGet = flags.has('G')
  const body = isGet || data.length === 0 ? undefined : data.join('&')
  const headers = all('-H').map(headerOf)
  const agent = all('-A').at(-1)
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const output = all('-o').at(-1)
  if (output !== undefined && output !== '/dev/null') throw new NotUnderstood('an output file')
  return {
    method: all('-X').at(-1) ?? (flags.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST'),
    host,
    path: isGet && data.length > 0 ? `${path}${path.includes('?') ? '&' : '?'}${data.join('&')}` : path,
    headers: [
      ...headers,
      ...(agent === undefined ? [] : [['user-agent', agent] as const]),
      ...(given.has('accept') ? [] : [['accept', '*/*'] as const]),
      ...(body === undefined || given.has('content-type')
        ? []
        : [['content-type', 'application/x-www-form-urlencoded'] as const]),
    ],
    body,
    timeoutMs: Math.min(Number(all('-m').at(-1) ?? Number.NaN) * 1000 || DEFAULT_TIMEOUT_MS, DEFAULT_TIMEOUT_MS),
    showsHeaders: flags.has('i') || flags.has('I'),
    headersOnly: flags.has('I'),
    isSilent: flags.has('s') && !flags.has('S'),
    discardsBody: output === '/dev/null',
  }
}

function optionsOf(args: readonly string[]) {
  const flags = new Set<string>()
  const values: [name: string, value: string][] = []
  const urls: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string
    const short = /^-([sSiIGXHdAmo]+)$/.exec(arg)?.[1] ?? ''
    const last = `-${short.at(-1)}`
    if (WITH_VALUE.has(arg) || (short !== '' && WITH_VALUE.has(last))) {
      for (const flag of short.slice(0, -1)) flags.add(flag)
      const value = args[++at]
      if (value === undefined) throw new NotUnderstood(`curl ${arg} without a value`)
      values.push([arg === '--max-time' ? '-m' : short === '' ? arg : last, value])
    } else if (/^-[sSiIG]+$/.test(arg)) for (const flag of short) flags.add(flag)
    else if (arg.startsWith('-')) throw new NotUnderstood(`curl ${arg}`)
    else urls.push(arg)
  }
  return { flags, values, urls }
}

function addressIn(url: string, ownUrl: string): { host: string; path: string } {
  const own = OWN_HOST.exec(url)?.[0] ?? [ownUrl, ownUrl.replace('http://', '')].find((name) => url.startsWith(name))
  const path = own === undefined ? undefined : url.slice(own.length) || '/'
  if (path === undefined || !/^\/[\x21-\x7e]*$/.test(path)) throw new NotUnderstood(`a request to ${url}`)
  // A lesson's command must not run commands.
  if (/^\/lab\/api\/learn/i.test(path)) throw new NotUnderstood('a request to the lessons themselves')
  return { host: (own as string).replace('http://', ''), path }
}

/** `name=value`, of which the value is encoded. */
function encoded(data: string): string {
  const [, name = '', value = ''] = /^([^=]*=)?(.*)$/s.exec(data) ?? []
  return name + encodeURIComponent(value)
}

function headerOf(text: string): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*([\t\x20-\x7e]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new NotUnderstood(`the header "${text}"`)
  return [name, value]
}

/** What curl prints, and what was sent. */
export async function sendCurl(
  ownUrl: string,
  curl: CurlRequest,
  signal: AbortSignal,
): Promise<{ printed: string; sent: RunSent }> {
  const began = performance.now()
  const sent = { method: curl.method, path: curl.path, request_id: null, body: '', status: null }
  const elapsed = () => performance.now() - began
  try {
    const timeout = AbortSignal.timeout(curl.timeoutMs)
    const response = await answerTo(ownUrl, curl, AbortSignal.any([signal, timeout]))
    const body = await readText(response)
    response.socket.destroy()
    const head = curl.showsHeaders ? headOf(response) : ''
    const id = response.headers['x-request-id']
    return {
      printed: head + (curl.discardsBody || curl.headersOnly ? '' : body),
      sent: {
        ...sent,
        body: body.slice(0, 2000),
        status: response.statusCode ?? null,
        milliseconds: elapsed(),
        request_id: typeof id === 'string' ? id : null,
      },
    }
  } catch (error) {
    signal.throwIfAborted()
    const { name, message } = error as Error
    const isLate = name === 'TimeoutError' || name === 'AbortError'
    const complaint = isLate ? `curl: (28) Operation timed out after ${Math.round(elapsed())} milliseconds` : message
    return { printed: curl.isSilent ? '' : `${complaint}\n`, sent: { ...sent, milliseconds: elapsed() } }
  }
}

function answerTo(ownUrl: string, curl: CurlRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { hostname, port } = new URL(ownUrl)
  const headers: Record<string, string> = { host: curl.host, 'user-agent': 'course-lab' }
  for (const [name, value] of curl.headers) headers[name.toLowerCase()] = value
  if (curl.body !== undefined) headers['content-length'] = String(Buffer.byteLength(curl.body))
  const host = hostname.replace(/^\[|\]$/g, '')
  const options = { host, port, method: curl.method, path: curl.path, headers, signal, agent: false } as const
  return new Promise((resolve, reject) => {
    const request = openRequest(options, resolve).on('error', reject)
    request.removeHeader('connection') // curl sends none
    request.end(curl.body)
  })
}

function headOf({ httpVersion, statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  // A terminal shows a carriage return as nothing.
  const lines = [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`]
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  return `${lines.join('\n')}\n\n`
}
