/** An error of the Lab's API; status 0 without an answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * GETs from the Lab's API.
 *
 * @param path below `/lab/api/`
 * @throws ApiError with the server's message
 */
export function getJson<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  const search = new URLSearchParams(query).toString()
  return answer<T>(`/lab/api/${path}${search && `?${search}`}`, { method: 'GET' })
}

/** POSTs JSON, or nothing. */
export function post<T>(path: string, body?: object): Promise<T> {
  const json = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return answer<T>(`/lab/api/${path}`, { method: 'POST', ...json })
}

/** POSTs a JSON object. */
export function postJson<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  return answer<T>(`/lab/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/**
 * POSTs without a body, and reads the answer as a stream of JSON objects, one a line.
 *
 * @throws ApiError
 */
export async function postForLines<T>(path: string, take: (event: T) => void): Promise<void> {
  let response: Response
  try {
    response = await fetch(`/lab/api/${path}`, { method: 'POST', cache: 'no-store' })
  } catch {
    throw new ApiError(0, 'The server does not answer.')
  }
  if (!response.ok || response.body === null) throw new ApiError(response.status, await detailOf(response))
  let rest = ''
  for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(JSON.parse(line) as T)
  }
}

async function answer<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(url, { ...init, cache: 'no-store' })
  } catch {
    throw new ApiError(0, 'The server does not answer.')
  }
  if (response.ok) return (await response.json()) as T
  throw new ApiError(response.status, await detailOf(response))
}

/** Errors are problem details in the course's app, and Fastify's own format in other services. */
async function detailOf(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const { detail, message } = JSON.parse(text) as { detail?: string; message?: string }
    return detail ?? message ?? `The server answered with status ${response.status}.`
  } catch {
    return `The server answered with status ${response.status}.`
  }
}
