// Original file: proto/grpc/reflection/v1/reflection.proto

import type { ServerReflectionRequest as _grpc_reflection_v1_ServerReflectionRequest, ReceivedServerReflectionRequest as Received_grpc_reflection_v1_ServerReflectionRequest } from '../../../grpc/reflection/v1/ServerReflectionRequest.ts';
import type { FileDescriptorResponse as _grpc_reflection_v1_FileDescriptorResponse, ReceivedFileDescriptorResponse as Received_grpc_reflection_v1_FileDescriptorResponse } from '../../../grpc/reflection/v1/FileDescriptorResponse.ts';
import type { ExtensionNumberResponse as _grpc_reflection_v1_ExtensionNumberResponse, ReceivedExtensionNumberResponse as Received_grpc_reflection_v1_ExtensionNumberResponse } from '../../../grpc/reflection/v1/ExtensionNumberResponse.ts';
import type { ListServiceResponse as _grpc_reflection_v1_ListServiceResponse, ReceivedListServiceResponse as Received_grpc_reflection_v1_ListServiceResponse } from '../../../grpc/reflection/v1/ListServiceResponse.ts';
import type { ErrorResponse as _grpc_reflection_v1_ErrorResponse, ReceivedErrorResponse as Received_grpc_reflection_v1_ErrorResponse } from '../../../grpc/reflection/v1/ErrorResponse.ts';

/**
 * The answer to one question.
 */
export interface ServerReflectionResponse {
  /**
   * As it was asked.
   */
  'valid_host'?: (string);
  /**
   * The question.
   */
  'original_request'?: (_grpc_reflection_v1_ServerReflectionRequest | null);
  /**
   * The file that was asked for, and all that it imports.
   */
  'file_descriptor_response'?: (_grpc_reflection_v1_FileDescriptorResponse | null);
  /**
   * Extensions of a message.
   */
  'all_extension_numbers_response'?: (_grpc_reflection_v1_ExtensionNumberResponse | null);
  /**
   * All services.
   */
  'list_services_response'?: (_grpc_reflection_v1_ListServiceResponse | null);
  /**
   * Why there is no answer.
   */
  'error_response'?: (_grpc_reflection_v1_ErrorResponse | null);
  /**
   * The answer.
   */
  'message_response'?: "file_descriptor_response"|"all_extension_numbers_response"|"list_services_response"|"error_response";
}

/**
 * The answer to one question.
 */
export interface ReceivedServerReflectionResponse {
  /**
   * As it was asked.
   */
  'valid_host': (string);
  /**
   * The question.
   */
  'original_request': (Received_grpc_reflection_v1_ServerReflectionRequest | null);
  /**
   * The file that was asked for, and all that it imports.
   */
  'file_descriptor_response'?: (Received_grpc_reflection_v1_FileDescriptorResponse | null);
  /**
   * Extensions of a message.
   */
  'all_extension_numbers_response'?: (Received_grpc_reflection_v1_ExtensionNumberResponse | null);
  /**
   * All services.
   */
  'list_services_response'?: (Received_grpc_reflection_v1_ListServiceResponse | null);
  /**
   * Why there is no answer.
   */
  'error_response'?: (Received_grpc_reflection_v1_ErrorResponse | null);
}
