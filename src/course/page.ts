import { createHash } from 'node:crypto'
import { DomainError } from '../platform/domain-error.ts'
import { isInstant } from './instant.ts'

/** Asks for one page of a list. */
export interface PageRequest {
  /** 1 to 100. */
  readonly page_size: number
  /** From the page before; empty or left out for the first page. */
  readonly page_token?: string
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Empty at the end of the list. */
  readonly next_page_token: string
}

/** The last row of a page: the next one starts after it, whatever has been added meanwhile. */
export interface PageKey {
  readonly created_at: string
  readonly id: string
}

/** Which list a token belongs to. A token for one user's bookings is nonsense in another's. */
export type ListIdentity = readonly (string | undefined)[]

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Cuts rows, of which there is one more than fits if there are more, to a page. */
export function pageOf<T>(list: ListIdentity, size: number, rows: readonly T[], keyOf: (row: T) => PageKey): Page<T> {
  const items = rows.slice(0, size)
  const last = items.at(-1)
  return { items, next_page_token: rows.length > size && last !== undefined ? encode(list, keyOf(last)) : '' }
}

/** The list goes in as a fingerprint only: a token is short, and holds nobody's name. */
function encode(list: ListIdentity, { created_at, id }: PageKey): string {
  const fingerprint = createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 8)
  return Buffer.from(JSON.stringify([created_at, id, fingerprint])).toString('base64url')
}

/**
 * Where the page starts, or undefined for the first one.
 *
 * @throws DomainError invalid when the token is not one that this very list gave
 */
export function pageKey(list: ListIdentity, token: string | undefined): PageKey | undefined {
  if (token === undefined || token === '') return undefined
  const [created_at, id] = decode(token)
  if (!isInstant(created_at) || typeof id !== 'string' || !uuid.test(id)) throw wrongToken()
  // Compared as a whole, so that another list, another filter and a token of another spelling are all refused.
  if (encode(list, { created_at, id }) !== token) throw wrongToken()
  return { created_at, id }
}

function decode(token: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    // Not JSON: the same as a token that holds nothing.
    return []
  }
}

function wrongToken(): DomainError {
  const message = 'is not a token that this list gave'
  return new DomainError('invalid', 'The page_token does not belong to this list.', [{ path: '/page_token', message }])
}
