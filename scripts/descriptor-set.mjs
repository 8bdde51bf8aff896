// Creates a descriptor set like protoc: one descriptor per file, with its imports and comments. protobufjs' own
// toDescriptor() merges the files of a package and omits imports, so that grpcurl cannot use the result.
import protobuf from 'protobufjs'
import descriptor from 'protobufjs/ext/descriptor/index.js'

// Field numbers in google/protobuf/descriptor.proto. The path of a comment consists of them.
const FILE = { message: 4, enum: 5, service: 6 }
const MESSAGE = { field: 2, nested: 3, enum: 4, oneof: 8 }
const ENUM_VALUE = 2
const METHOD = 2

/**
 * @param {string[]} files relative to `folder`
 * @param {string} folder also the root of imports
 * @returns {Buffer} a google.protobuf.FileDescriptorSet, imports first
 */
export function descriptorSetOf(files, folder) {
  const root = load(files, folder)
  const known = new Map()
  for (const name of root.files) known.set(name, emptyFile(name))
  for (const object of topLevelObjects(root)) addTo(known.get(object.filename), object)
  return Buffer.from(descriptor.FileDescriptorSet.encode({ file: importsFirst(known) }).finish())
}

function load(files, folder) {
  const root = new protobuf.Root()
  root.resolvePath = (_origin, target) => (target.startsWith('google/protobuf/') ? target : `${folder}/${target}`)
  root.loadSync(files, { keepCase: true, alternateCommentMode: true })
  root.resolveAll()
  // Names as in `import` statements instead of absolute paths.
  for (const object of topLevelObjects(root)) object.filename = nameOf(object, folder)
  root.files = root.files.map((path) => path.replace(`${folder}/`, ''))
  return root
}

/** protobufjs has built-in well-known types, without a file name. */
function nameOf({ filename, name }, folder) {
  return filename?.replace(`${folder}/`, '') ?? `google/protobuf/${name.toLowerCase()}.proto`
}

function topLevelObjects(namespace) {
  return namespace.nestedArray.flatMap((object) => {
    const isPackage = object.constructor === protobuf.Namespace
    return isPackage ? topLevelObjects(object) : [object]
  })
}

function emptyFile(name) {
  return {
    name,
    syntax: 'proto3',
    dependency: [],
    messageType: [],
    enumType: [],
    service: [],
    sourceCodeInfo: { location: [] },
  }
}

function addTo(file, object) {
  file.package = object.parent.fullName.slice(1)
  const comment = (path, text) => {
    if (text) file.sourceCodeInfo.location.push({ path, span: [0, 0, 0], leadingComments: asInSource(text) })
  }
  const uses = (type) => {
    const other = fileOf(type)
    if (other !== file.name && !file.dependency.includes(other)) file.dependency.push(other)
  }
  if (object instanceof protobuf.Type) {
    addMessage(object, [FILE.message, file.messageType.length], comment, uses)
    file.messageType.push(messageOf(object))
  } else if (object instanceof protobuf.Enum) {
    addEnum(object, [FILE.enum, file.enumType.length], comment)
    file.enumType.push(object.toDescriptor())
  } else {
    addService(object, [FILE.service, file.service.length], comment, uses)
    file.service.push(object.toDescriptor())
  }
}

function addMessage(type, path, comment, uses) {
  comment(path, type.comment)
  for (const [i, field] of type.fieldsArray.entries()) {
    comment([...path, MESSAGE.field, i], field.comment)
    if (field.resolvedType) uses(field.resolvedType)
  }
  for (const [i, oneof] of oneofsOf(type).entries()) comment([...path, MESSAGE.oneof, i], oneof.comment)
  const nestedTypes = type.nestedArray.filter((nested) => nested instanceof protobuf.Type)
  for (const [i, nested] of nestedTypes.entries()) addMessage(nested, [...path, MESSAGE.nested, i], comment, uses)
  const nestedEnums = type.nestedArray.filter((nested) => nested instanceof protobuf.Enum)
  for (const [i, nested] of nestedEnums.entries()) addEnum(nested, [...path, MESSAGE.enum, i], comment)
}

function addEnum(type, path, comment) {
  comment(path, type.comment)
  for (const [i, name] of Object.keys(type.values).entries()) comment([...path, ENUM_VALUE, i], type.comments[name])
}

function addService(service, path, comment, uses) {
  comment(path, service.comment)
  for (const [i, method] of service.methodsArray.entries()) {
    comment([...path, METHOD, i], method.comment)
    uses(method.resolvedRequestType)
    uses(method.resolvedResponseType)
  }
}

/** Each `optional` field is a synthetic oneof, listed after the real ones. protobufjs omits both. */
function messageOf(type) {
  const message = type.toDescriptor('proto3')
  const oneofs = oneofsOf(type)
  message.oneofDecl = oneofs.map(({ name }) => ({ name }))
  for (const [i, field] of type.fieldsArray.entries()) {
    if (field.partOf) message.field[i].oneofIndex = oneofs.indexOf(field.partOf)
    if (!isOptional(field)) continue
    message.field[i].proto3Optional = true
    message.field[i].options = null
  }
  return message
}

function oneofsOf(type) {
  const isSynthetic = ({ fieldsArray: [first] }) => Number(isOptional(first))
  return [...type.oneofsArray].sort((a, b) => isSynthetic(a) - isSynthetic(b))
}

function isOptional({ options }) {
  return options?.proto3_optional === true
}

function fileOf(type) {
  return type.parent instanceof protobuf.Type ? fileOf(type.parent) : type.filename
}

function asInSource(text) {
  return text.replaceAll(/^(?=.)/gm, ' ').concat('\n')
}

function importsFirst(known) {
  const ordered = []
  const add = (name) => {
    const file = known.get(name)
    if (ordered.includes(file)) return
    for (const other of file.dependency) add(other)
    ordered.push(file)
  }
  for (const name of known.keys()) add(name)
  return ordered
}
