import type { Metadata } from '@grpc/grpc-js'
import type { RpcMetadata } from '../../../phases/announcements.ts'

/** The metadata of grpc-js for announcements. */
export class MetadataCarrier implements RpcMetadata {
  readonly #metadata: Metadata

  constructor(metadata: Metadata) {
    this.#metadata = metadata
  }

  get(key: string): string | undefined {
    const [first] = this.#metadata.get(key)
    return typeof first === 'string' ? first : undefined
  }

  set(key: string, value: string): void {
    this.#metadata.set(key, value)
  }
}
