// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * Extensions of a message.
 */
export interface ExtensionNumberResponse {
  /**
   * The full name of the message.
   */
  'base_type_name'?: (string);
  /**
   * The numbers of its extensions.
   */
  'extension_number'?: (number)[];
}

/**
 * Extensions of a message.
 */
export interface ReceivedExtensionNumberResponse {
  /**
   * The full name of the message.
   */
  'base_type_name': (string);
  /**
   * The numbers of its extensions.
   */
  'extension_number': (number)[];
}
