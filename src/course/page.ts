import { createHash } from 'node:crypto'
import { DomainError } from '../platform/domain-error.ts'
import { isInstant } from './instant.ts'

/** A request for one page of a list. */
export interface PageRequest {
  /** 1 to 100. */
  readonly page_size: number
  /** `next_page_token` of the previous page; empty or left out for the first page. */
  readonly page_token?: string
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Empty at the end of the list. */
  readonly next_page_token: string
}

/** The last row of a page. The next page starts after it, even if rows have been added since. */
export interface PageKey {
  readonly created_at: string
  readonly id: string
}

/** The list that a token belongs to. A token for one user's bookings is not valid for another's. */
export type ListIdentity = readonly (string | undefined)[]

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Cuts rows to a page. Pass one row more than fits if there are more. */
export function pageOf<T>(list: ListIdentity, size: number, rows: readonly T[], keyOf: (row: T) => PageKey): Page<T> {
  const items = rows.slice(0, size)
  const last = items.at(-1)
  return { items, next_page_token: rows.length > size && last !== undefined ? encode(list, keyOf(last)) : '' }
}

/** Only a fingerprint of the list goes in: it keeps the token short and free of personal data. */
function encode(list: ListIdentity, { created_at, id }: PageKey): string {
  const fingerprint = createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 8)
  return Buffer.from(JSON.stringify([created_at, id, fingerprint])).toString('base64url')
}

/**
 * The row after which the page starts; undefined for the first page.
 *
 * @throws DomainError invalid when the token belongs to another list
 */
export function pageKey(list: ListIdentity, token: string | undefined): PageKey | undefined {
  if (token === undefined || token === '') return undefined
  const [created_at, id] = decode(token)
  if (!isInstant(created_at) || typeof id !== 'string' || !uuid.test(id)) throw wrongToken()
  // Comparing the whole token refuses other lists, other filters and other spellings.
  if (encode(list, { created_at, id }) !== token) throw wrongToken()
  return { created_at, id }
}

function decode(token: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    // Not JSON: treated as an empty token.
    return []
  }
}

function wrongToken(): DomainError {
  const message = 'is not a token that this list gave'
  return new DomainError('invalid', 'The page_token does not belong to this list.', [{ path: '/page_token', message }])
}
