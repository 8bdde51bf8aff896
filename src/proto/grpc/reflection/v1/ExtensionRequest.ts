// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * An extension of a message.
 */
export interface ExtensionRequest {
  /**
   * The full name of the message.
   */
  'containing_type'?: (string);
  /**
   * The number of the extension.
   */
  'extension_number'?: (number);
}

/**
 * An extension of a message.
 */
export interface ReceivedExtensionRequest {
  /**
   * The full name of the message.
   */
  'containing_type': (string);
  /**
   * The number of the extension.
   */
  'extension_number': (number);
}
