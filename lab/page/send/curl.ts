import type { Call } from './endpoints.ts'

/** The curl command that sends the same request. */
export function curlOf(call: Call, origin = location.origin): string {
  const parts = ['curl']
  const headers = { ...call.headers, ...(call.body === undefined ? {} : { 'content-type': 'application/json' }) }
  for (const [name, value] of Object.entries(headers)) parts.push('-H', quoted(`${name}: ${value}`))
  if (call.body !== undefined) parts.push('-d', quoted(JSON.stringify(call.body)))
  else if (call.method !== 'GET') parts.push('-X', call.method)
  parts.push(quoted(`${origin}${call.path}`))
  return parts.join(' ')
}

/** Quotes text with shell metacharacters in single quotes; a single quote itself is escaped outside of them. */
function quoted(text: string): string {
  return /^[\w:/.,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
