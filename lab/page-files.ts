import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { LabError } from './lab-error.ts'

/** The built page. */
const FOLDER = fileURLToPath(new URL('page/', import.meta.url))

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json; charset=utf-8',
}

/**
 * Same origin only, no inline scripts, no framing.
 *
 * https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

interface PageFile {
  readonly bytes: Buffer
  readonly type: string
  readonly etag: string
}

/** The page at `path`, and its script, styles and icon at `/lab/assets`. They are small and stay in memory. */
export const pageFiles: FastifyPluginAsync<{ path: string }> = async (app, { path }) => {
  const files = await readAll()

  const send = (request: FastifyRequest, reply: FastifyReply, { bytes, type, etag }: PageFile) => {
    reply.headers({
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      // Browsers must revalidate: a new build has the same file names.
      'cache-control': 'no-cache',
      etag,
    })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type(type).send(bytes)
  }

  app.get(path, { schema: { hide: true } }, (request, reply) => {
    const page = files.get('index.html')
    if (page !== undefined) return send(request, reply, page)
    throw new LabError(503, 'The page has not been built. Run `npm run build`, and start again.')
  })
  app.get<{ Params: { '*': string } }>('/lab/assets/*', { schema: { hide: true } }, (request, reply) => {
    const file = files.get(`assets/${request.params['*']}`)
    if (file !== undefined) return send(request, reply, file)
    throw new LabError(404, 'The page has no such file.')
  })
}

/** Files by relative path. Empty when the page has not been built. */
async function readAll(): Promise<Map<string, PageFile>> {
  const names = existsSync(FOLDER) ? await readdir(FOLDER, { recursive: true }) : []
  const known = names.filter((name) => TYPES[extname(name)] !== undefined)
  return new Map(await Promise.all(known.map(async (name) => [name, await readPageFile(name)] as const)))
}

async function readPageFile(name: string): Promise<PageFile> {
  const bytes = await readFile(join(FOLDER, name))
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  return { bytes, type: TYPES[extname(name)] as string, etag }
}
