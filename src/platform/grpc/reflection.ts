import { type Server, type ServerDuplexStream, type ServiceDefinition, status } from '@grpc/grpc-js'
import type { ServerReflectionDefinition } from '../../proto/grpc/reflection/v1/ServerReflection.ts'
import type { ReceivedServerReflectionRequest as Question } from '../../proto/grpc/reflection/v1/ServerReflectionRequest.ts'
import type { ServerReflectionResponse as Answer } from '../../proto/grpc/reflection/v1/ServerReflectionResponse.ts'
import { serviceDefinition } from './definitions.ts'
import type { DescriptorFiles } from './descriptor-files.ts'

const V1 = 'grpc.reflection.v1.ServerReflection'
/** The older name of the same service, which many clients still use. */
const V1_ALPHA = 'grpc.reflection.v1alpha.ServerReflection'

/**
 * Server reflection: describes services and messages to clients such as grpcurl. Its calls are not announced, because
 * they are not the service's own work.
 *
 * Not `@grpc/reflection`: its descriptors lack imports, comments and `optional`, and strict clients refuse them.
 *
 * https://grpc.io/docs/guides/reflection/
 */
export function addReflection(server: Server, services: () => readonly string[]): void {
  const definition = serviceDefinition<ServerReflectionDefinition>(V1)
  for (const name of [V1, V1_ALPHA]) {
    const handlers = { ServerReflectionInfo: (call: Conversation) => converse(call, services) }
    server.addService(renamed(definition, name), handlers)
  }
}

type Conversation = ServerDuplexStream<Question, Answer>

function renamed(definition: ServiceDefinition, service: string): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => [name, { ...method, path: `/${service}/${name}` }]),
  )
}

function converse(call: Conversation, services: () => readonly string[]): void {
  // Loaded on demand, because most processes never need it.
  const loading = import('./descriptor-files.ts')
  // Responses are in the order of the requests.
  let last: Promise<unknown> = loading
  call.on('data', (question: Question) => {
    last = last.then(async () => call.write(answer(question, (await loading).descriptorFiles(), services())))
  })
  call.on('end', () => last.then(() => call.end()))
}

function answer(question: Question, files: DescriptorFiles, services: readonly string[]): Answer {
  const { host: valid_host, ...asked } = question
  const about = { valid_host, original_request: question }
  if (asked.list_services !== undefined) {
    const names = [...services, 'grpc.health.v1.Health', V1, V1_ALPHA]
    return { ...about, list_services_response: { service: names.map((name) => ({ name })) } }
  }
  const name = asked.file_by_filename ?? files.nameOf(asked.file_containing_symbol ?? '')
  const file_descriptor_proto = name === undefined ? undefined : files.withImports(name)
  if (file_descriptor_proto === undefined) {
    // This includes extensions: there are none.
    return { ...about, error_response: { error_code: status.NOT_FOUND, error_message: 'There is no such thing.' } }
  }
  return { ...about, file_descriptor_response: { file_descriptor_proto } }
}
