// Original file: proto/grpc/reflection/v1/reflection.proto

import type { ServiceResponse as _grpc_reflection_v1_ServiceResponse, ReceivedServiceResponse as Received_grpc_reflection_v1_ServiceResponse } from '../../../grpc/reflection/v1/ServiceResponse.ts';

/**
 * Services.
 */
export interface ListServiceResponse {
  /**
   * One for each.
   */
  'service'?: (_grpc_reflection_v1_ServiceResponse)[];
}

/**
 * Services.
 */
export interface ReceivedListServiceResponse {
  /**
   * One for each.
   */
  'service': (Received_grpc_reflection_v1_ServiceResponse)[];
}
