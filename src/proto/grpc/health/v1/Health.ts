// Original file: proto/grpc/health/v1/health.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { HealthCheckRequest as _grpc_health_v1_HealthCheckRequest, ReceivedHealthCheckRequest as Received_grpc_health_v1_HealthCheckRequest } from '../../../grpc/health/v1/HealthCheckRequest.ts';
import type { HealthCheckResponse as _grpc_health_v1_HealthCheckResponse, ReceivedHealthCheckResponse as Received_grpc_health_v1_HealthCheckResponse } from '../../../grpc/health/v1/HealthCheckResponse.ts';

/**
 * Tells whoever routes calls here whether that makes sense.
 */
export interface HealthClient extends grpc.Client {
  /**
   * The health of a service right now. NOT_FOUND for one that is not known.
   */
  Check(argument: _grpc_health_v1_HealthCheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_grpc_health_v1_HealthCheckResponse>): grpc.ClientUnaryCall;
  Check(argument: _grpc_health_v1_HealthCheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_grpc_health_v1_HealthCheckResponse>): grpc.ClientUnaryCall;
  Check(argument: _grpc_health_v1_HealthCheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_grpc_health_v1_HealthCheckResponse>): grpc.ClientUnaryCall;
  Check(argument: _grpc_health_v1_HealthCheckRequest, callback: grpc.requestCallback<Received_grpc_health_v1_HealthCheckResponse>): grpc.ClientUnaryCall;
  /**
   * The health of a service right now. NOT_FOUND for one that is not known.
   */
  check(argument: _grpc_health_v1_HealthCheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_grpc_health_v1_HealthCheckResponse>): grpc.ClientUnaryCall;
  check(argument: _grpc_health_v1_HealthCheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_grpc_health_v1_HealthCheckResponse>): grpc.ClientUnaryCall;
  check(argument: _grpc_health_v1_HealthCheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_grpc_health_v1_HealthCheckResponse>): grpc.ClientUnaryCall;
  check(argument: _grpc_health_v1_HealthCheckRequest, callback: grpc.requestCallback<Received_grpc_health_v1_HealthCheckResponse>): grpc.ClientUnaryCall;
  
  /**
   * The health of a service right now and whenever it changes.
   */
  Watch(argument: _grpc_health_v1_HealthCheckRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<Received_grpc_health_v1_HealthCheckResponse>;
  Watch(argument: _grpc_health_v1_HealthCheckRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<Received_grpc_health_v1_HealthCheckResponse>;
  /**
   * The health of a service right now and whenever it changes.
   */
  watch(argument: _grpc_health_v1_HealthCheckRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<Received_grpc_health_v1_HealthCheckResponse>;
  watch(argument: _grpc_health_v1_HealthCheckRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<Received_grpc_health_v1_HealthCheckResponse>;
  
}

/**
 * Tells whoever routes calls here whether that makes sense.
 */
export interface HealthHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The health of a service right now. NOT_FOUND for one that is not known.
   */
  Check: grpc.handleUnaryCall<Received_grpc_health_v1_HealthCheckRequest, _grpc_health_v1_HealthCheckResponse>;
  
  /**
   * The health of a service right now and whenever it changes.
   */
  Watch: grpc.handleServerStreamingCall<Received_grpc_health_v1_HealthCheckRequest, _grpc_health_v1_HealthCheckResponse>;
  
}

export interface HealthDefinition extends grpc.ServiceDefinition {
  Check: MethodDefinition<_grpc_health_v1_HealthCheckRequest, _grpc_health_v1_HealthCheckResponse, Received_grpc_health_v1_HealthCheckRequest, Received_grpc_health_v1_HealthCheckResponse>
  Watch: MethodDefinition<_grpc_health_v1_HealthCheckRequest, _grpc_health_v1_HealthCheckResponse, Received_grpc_health_v1_HealthCheckRequest, Received_grpc_health_v1_HealthCheckResponse>
}
