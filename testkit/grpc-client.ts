import {
  Client,
  credentials,
  type Deadline,
  Metadata,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { type loadFileDescriptorSetFromBuffer, loadFileDescriptorSetFromObject, loadSync } from '@grpc/proto-loader'
import descriptor from 'protobufjs/ext/descriptor/index.js'
import type { Test } from 'tap'

/** The outcome of a call. */
export interface Answer {
  /** `OK`, `NOT_FOUND` … */
  readonly code: string
  /** The status message. */
  readonly details: string
  /** The response, when the code is `OK`. */
  // biome-ignore lint/suspicious/noExplicitAny: its type depends on the method
  readonly message: any
  /** Of google.rpc.ErrorInfo. */
  readonly reason: string | undefined
  /** Of google.rpc.BadRequest. */
  readonly fields: readonly string[]
  /** The response's metadata. */
  readonly metadata: Record<string, unknown>
}

export interface CallOptions {
  /** A key with several values is sent several times. */
  readonly metadata?: Readonly<Record<string, string | readonly string[]>>
  readonly deadline?: Deadline
  /** Cancels the call. */
  readonly signal?: AbortSignal
}

type Method = MethodDefinition<object, object>
type Reply = Record<string, { service?: { name: string }[]; file_descriptor_proto?: Buffer[] }>

const options = { keepCase: true, longs: Number, enums: String, defaults: true }
const reflection = 'grpc.reflection.v1.ServerReflection'

/**
 * A client that knows only the server's address, and discovers services and messages by reflection. It is closed at the
 * end of the test.
 *
 * @param version of the reflection service: `v1`, or `v1alpha`
 */
export async function reflectedClient(t: Pick<Test, 'teardown'>, address: string, version = 'v1') {
  const client = new Client(address, credentials.createInsecure())
  t.teardown(() => client.close())
  const ask = asker(client, version)
  const list = await ask({ list_services: '*' })
  const services = (list.list_services_response?.service ?? []).map(({ name }) => name)
  const files = new Map<string, object>()
  for (const name of services) {
    const { file_descriptor_response } = await ask({ file_containing_symbol: name })
    for (const bytes of file_descriptor_response?.file_descriptor_proto ?? []) {
      const file = descriptor.FileDescriptorProto.decode(bytes) as unknown as { name: string }
      files.set(file.name, file)
    }
  }
  const set = { file: [...files.values()] } as Parameters<typeof loadFileDescriptorSetFromObject>[0]
  return new GrpcClient(client, loadFileDescriptorSetFromObject(set, options), services, [...files.keys()])
}

/** Sends one request on a separate stream. */
function asker(client: Client, version: string) {
  const loaded = loadSync('grpc/reflection/v1/reflection.proto', {
    ...options,
    defaults: false,
    includeDirs: ['proto'],
  })
  const { ServerReflectionInfo } = loaded[reflection] as unknown as { ServerReflectionInfo: Method }
  const path = ServerReflectionInfo.path.replace('.v1.', `.${version}.`)
  return (question: object) =>
    new Promise<Reply>((resolve, reject) => {
      const stream = client.makeBidiStreamRequest(
        path,
        ServerReflectionInfo.requestSerialize,
        ServerReflectionInfo.responseDeserialize,
      )
      stream.on('data', resolve).on('error', reject)
      stream.write(question)
      stream.end()
    })
}

export class GrpcClient {
  constructor(
    readonly client: Client,
    private readonly definitions: ReturnType<typeof loadFileDescriptorSetFromBuffer>,
    /** The full names of all services. */
    readonly services: readonly string[],
    /** The files that describe them. */
    readonly files: readonly string[],
  ) {}

  /** The methods of a service. */
  methods(service: string): string[] {
    return Object.keys(this.definitions[service] as unknown as ServiceDefinition)
  }

  /** @param path `course.v1.CatalogService/GetCourse` */
  call(path: string, request: object = {}, callOptions: CallOptions = {}): Promise<Answer> {
    const { requestSerialize } = this.method(path)
    return this.send(path, requestSerialize(request), callOptions)
  }

  /** Sends raw bytes to any path. */
  send(path: string, bytes: Buffer, { metadata = {}, deadline, signal }: CallOptions = {}): Promise<Answer> {
    const read = this.find(path)?.responseDeserialize ?? ((response: Buffer) => response)
    const sent = new Metadata()
    for (const [key, values] of Object.entries(metadata)) {
      for (const value of [values].flat()) sent.add(key, value)
    }
    return new Promise((resolve) => {
      let headers = new Metadata()
      const call = this.client.makeUnaryRequest<Buffer, object>(
        `/${path}`,
        (same) => same,
        read,
        bytes,
        sent,
        deadline === undefined ? {} : { deadline },
        (error, message) => resolve(this.answer(error, message, headers)),
      )
      call.on('metadata', (received) => {
        headers = received
      })
      signal?.addEventListener('abort', () => call.cancel())
    })
  }

  /** The stream of a method with many responses. */
  stream(path: string, request: object) {
    const { requestSerialize, responseDeserialize } = this.method(path)
    return this.client.makeServerStreamRequest(`/${path}`, requestSerialize, responseDeserialize, request)
  }

  private method(path: string): Method {
    const method = this.find(path)
    if (method === undefined) throw new Error(`there is no ${path}`)
    return method
  }

  private find(path: string): Method | undefined {
    const [service = '', name = ''] = path.split('/')
    return (this.definitions[service] as unknown as Record<string, Method> | undefined)?.[name]
  }

  private answer(error: ServiceError | null, message: object | undefined, headers: Metadata): Answer {
    if (error === null) {
      return { code: 'OK', details: '', message, reason: undefined, fields: [], metadata: headers.getMap() }
    }
    const { reason, fields } = detailsOf(error.metadata)
    const metadata = { ...headers.getMap(), ...error.metadata.getMap() }
    return { code: status[error.code], details: error.details, message: undefined, reason, fields, metadata }
  }
}

const rpc = loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto'], {
  ...options,
  includeDirs: ['proto'],
})

function read<T>(type: string, bytes: Buffer): T {
  return (rpc[type] as unknown as { deserialize: (bytes: Buffer) => T }).deserialize(bytes)
}

/** The decoded details of a status. */
export function detailsOf(metadata: Metadata): Pick<Answer, 'reason' | 'fields'> {
  const [bytes] = metadata.get('grpc-status-details-bin') as Buffer[]
  const details = bytes
    ? read<{ details: { type_url: string; value: Buffer }[] }>('google.rpc.Status', bytes).details
    : []
  const find = (type: string) => details.find(({ type_url }) => type_url.endsWith(`/${type}`))?.value
  const info = find('google.rpc.ErrorInfo')
  const bad = find('google.rpc.BadRequest')
  return {
    reason: info && read<{ reason: string }>('google.rpc.ErrorInfo', info).reason,
    fields: bad
      ? read<{ field_violations: { field: string }[] }>('google.rpc.BadRequest', bad).field_violations.map(
          ({ field }) => field,
        )
      : [],
  }
}
