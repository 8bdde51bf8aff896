import descriptor from 'protobufjs/ext/descriptor/index.js'
import { descriptorSet } from '../../proto/descriptor-set.ts'

/** The part of google/protobuf/descriptor.proto that is used here. */
interface Named {
  readonly name: string
}
interface Message extends Named {
  readonly field?: readonly Named[]
  readonly nestedType?: readonly Message[]
  readonly enumType?: readonly Named[]
}
interface File extends Named {
  readonly package: string
  readonly dependency: readonly string[]
  readonly messageType: readonly Message[]
  readonly enumType: readonly Named[]
  readonly service: readonly (Named & { readonly method: readonly Named[] })[]
}

/** Reflection's own file. The version for older clients differs only in its package. */
const REFLECTION = 'grpc/reflection/v1/reflection.proto'

/** The files of `proto/`, as reflection serves them. */
export class DescriptorFiles {
  readonly #files = new Map<string, File>()
  readonly #bytes = new Map<string, Uint8Array>()
  readonly #fileOf = new Map<string, string>()

  constructor(set: Uint8Array) {
    const { file: files } = descriptor.FileDescriptorSet.decode(set) as unknown as { file: File[] }
    for (const file of files.flatMap((file) => (file.name === REFLECTION ? [file, olderReflection(file)] : [file]))) {
      this.#files.set(file.name, file)
      this.#bytes.set(file.name, descriptor.FileDescriptorProto.encode(file).finish())
      for (const symbol of symbolsOf(file)) this.#fileOf.set(symbol, file.name)
    }
  }

  /** The file that declares a service, method, message, field or enum, by its full name. */
  nameOf(symbol: string): string | undefined {
    return this.#fileOf.get(symbol)
  }

  /** The descriptors of a file and all of its imports, as bytes; undefined when there is no such file. */
  withImports(name: string): Uint8Array[] | undefined {
    if (!this.#files.has(name)) return undefined
    // The set grows while the loop runs.
    const names = new Set([name])
    for (const each of names) for (const other of this.#files.get(each)?.dependency ?? []) names.add(other)
    return [...names].map((each) => this.#bytes.get(each) as Uint8Array)
  }
}

function olderReflection(file: File): File {
  const older = JSON.stringify(file)
    .replaceAll('grpc.reflection.v1', 'grpc.reflection.v1alpha')
    .replaceAll('grpc/reflection/v1/', 'grpc/reflection/v1alpha/')
  return descriptor.FileDescriptorProto.fromObject(JSON.parse(older)) as unknown as File
}

let files: DescriptorFiles | undefined

/** The files of this program, decoded on first use. */
export function descriptorFiles(): DescriptorFiles {
  files ??= new DescriptorFiles(descriptorSet)
  return files
}

function symbolsOf({ package: scope, messageType, enumType, service }: File): string[] {
  return [
    ...messageType.flatMap((message) => symbolsOfMessage(scope, message)),
    ...enumType.map(({ name }) => `${scope}.${name}`),
    ...service.flatMap(({ name, method }) => [
      `${scope}.${name}`,
      ...method.map((each) => `${scope}.${name}.${each.name}`),
    ]),
  ]
}

function symbolsOfMessage(scope: string, { name, field = [], nestedType = [], enumType = [] }: Message): string[] {
  const own = `${scope}.${name}`
  return [
    own,
    ...[...field, ...enumType].map((each) => `${own}.${each.name}`),
    ...nestedType.flatMap((nested) => symbolsOfMessage(own, nested)),
  ]
}
