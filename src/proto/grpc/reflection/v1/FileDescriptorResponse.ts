// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * Files.
 */
export interface FileDescriptorResponse {
  /**
   * Each is a google.protobuf.FileDescriptorProto.
   */
  'file_descriptor_proto'?: (Buffer | Uint8Array | string)[];
}

/**
 * Files.
 */
export interface ReceivedFileDescriptorResponse {
  /**
   * Each is a google.protobuf.FileDescriptorProto.
   */
  'file_descriptor_proto': (Buffer)[];
}
