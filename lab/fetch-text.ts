import { Agent, get } from 'node:http'
import { get as getSecurely } from 'node:https'

/** Maximum size of an answer. */
const MAX_CHARACTERS = 16 * 1024 * 1024

const agent = new Agent({ keepAlive: true, maxSockets: 2, timeout: 30_000 })

/**
 * GETs text without `fetch`, whose calls are traced and counted.
 *
 * @param headers replace those that Node would send
 * @throws when the answer is not 200 or does not arrive within `timeoutMs`.
 */
export function fetchText(url: string, timeoutMs: number, headers = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { headers, signal: AbortSignal.timeout(timeoutMs) }
    const asked = url.startsWith('https:') ? getSecurely(url, options) : get(url, { ...options, agent })
    asked.on('error', reject)
    asked.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('error', reject)
      response.on('data', (part: string) => {
        text += part
        if (text.length > MAX_CHARACTERS) response.destroy(new Error(`${url} answers with too much`))
      })
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${url} answers with ${response.statusCode}`))
      })
    })
  })
}
