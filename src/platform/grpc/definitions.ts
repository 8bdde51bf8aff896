import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadFileDescriptorSetFromBuffer, type MessageTypeDefinition } from '@grpc/proto-loader'
import { descriptorSet } from '../../proto/descriptor-set.ts'

// As in protobuf, an unset field has its default value. Unset `optional` and oneof fields are left out, and unset messages
// are null. scripts/generate-proto.mjs has the same options.
const definitions = loadFileDescriptorSetFromBuffer(descriptorSet, {
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
})

/** A service of `proto/`, by its full name. `D` is the type that was generated for it. */
export function serviceDefinition<D extends ServiceDefinition>(name: string): D {
  return definitions[name] as unknown as D
}

/** A message of `proto/`, by its full name, with `serialize` and `deserialize`. */
export function messageDefinition<M, R>(name: string): MessageTypeDefinition<M, R> {
  return definitions[name] as unknown as MessageTypeDefinition<M, R>
}
