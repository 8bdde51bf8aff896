import type { Attributes, AttributeValue } from './wire.ts'

/**
 * An attribute that the phases name after the application: `course_app.cache.outcome` for `cache.outcome`. Every
 * service has another name.
 */
export function ownAttribute(attributes: Attributes, name: string): AttributeValue | undefined {
  const ending = `.${name}`
  for (const key in attributes) if (key.endsWith(ending)) return attributes[key]
  return undefined
}
