/** An answer of the Lab's API that is not a success, or none at all (status 0). */
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
 * Asks the Lab's API.
 *
 * @param path below `/lab/api/`
 * @throws ApiError with what the server says about it
 */
export function getJson<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  const search = new URLSearchParams(query).toString()
  return answer<T>(`/lab/api/${path}${search && `?${search}`}`, { method: 'GET' })
}

/** The same with POST and no body. */
export function post<T>(path: string): Promise<T> {
  return answer<T>(`/lab/api/${path}`, { method: 'POST' })
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

/** Errors are problem details in the course's app, and in other services what Fastify makes of them. */
async function detailOf(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const { detail, message } = JSON.parse(text) as { detail?: string; message?: string }
    return detail ?? message ?? `The server answered with status ${response.status}.`
  } catch {
    return `The server answered with status ${response.status}.`
  }
}
