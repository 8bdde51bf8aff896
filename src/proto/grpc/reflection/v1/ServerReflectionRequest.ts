// Original file: proto/grpc/reflection/v1/reflection.proto

import type { ExtensionRequest as _grpc_reflection_v1_ExtensionRequest, ReceivedExtensionRequest as Received_grpc_reflection_v1_ExtensionRequest } from '../../../grpc/reflection/v1/ExtensionRequest.ts';

/**
 * One question.
 */
export interface ServerReflectionRequest {
  /**
   * The host that is asked about. Not used here: all are the same.
   */
  'host'?: (string);
  /**
   * The file of this name.
   */
  'file_by_filename'?: (string);
  /**
   * The file that declares this service, method, message or enum.
   */
  'file_containing_symbol'?: (string);
  /**
   * The file that declares this extension.
   */
  'file_containing_extension'?: (_grpc_reflection_v1_ExtensionRequest | null);
  /**
   * The numbers of all extensions of this message.
   */
  'all_extension_numbers_of_type'?: (string);
  /**
   * All services. The value does not matter.
   */
  'list_services'?: (string);
  /**
   * What is asked for.
   */
  'message_request'?: "file_by_filename"|"file_containing_symbol"|"file_containing_extension"|"all_extension_numbers_of_type"|"list_services";
}

/**
 * One question.
 */
export interface ReceivedServerReflectionRequest {
  /**
   * The host that is asked about. Not used here: all are the same.
   */
  'host': (string);
  /**
   * The file of this name.
   */
  'file_by_filename'?: (string);
  /**
   * The file that declares this service, method, message or enum.
   */
  'file_containing_symbol'?: (string);
  /**
   * The file that declares this extension.
   */
  'file_containing_extension'?: (Received_grpc_reflection_v1_ExtensionRequest | null);
  /**
   * The numbers of all extensions of this message.
   */
  'all_extension_numbers_of_type'?: (string);
  /**
   * All services. The value does not matter.
   */
  'list_services'?: (string);
}
