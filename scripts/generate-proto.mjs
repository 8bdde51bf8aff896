// Generates code from proto/: the TypeScript types of its messages, and a descriptor set, its binary form. So the
// running program does not read or parse .proto files.
// Usage: node scripts/generate-proto.mjs [folder to write to]
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { descriptorSetOf } from './descriptor-set.mjs'

const FILES = [
  'course/v1/course.proto',
  'course/v1/hop.proto',
  'google/rpc/error_details.proto',
  'google/rpc/status.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
]

const root = join(import.meta.dirname, '..')
const out = resolve(process.argv[2] ?? join(root, 'src/proto'))
process.chdir(root)

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

// The same options as in src/platform/grpc/definitions.ts, so that the types match the decoded messages.
const options = [
  ...['--grpcLib=@grpc/grpc-js', '--keepCase', '--longs=Number', '--enums=String', '--defaults', '--includeComments'],
  ...['--outputTemplate=Received%s', '--importFileExtension=.ts', '--includeDirs=proto', `--outDir=${out}`],
]
const generator = 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js'
const { status } = spawnSync(process.execPath, [generator, ...options, ...FILES], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const lines = descriptorSetOf(FILES, join(root, 'proto'))
  .toString('base64')
  .match(/.{1,116}/g)
writeFileSync(
  join(out, 'descriptor-set.ts'),
  `// A google.protobuf.FileDescriptorSet of ${FILES.join(', ')}

export const descriptorSet: Buffer = Buffer.from(
  \`
${lines.join('\n')}
\`,
  'base64',
)
`,
)
