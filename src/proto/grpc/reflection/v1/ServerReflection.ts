// Original file: proto/grpc/reflection/v1/reflection.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ServerReflectionRequest as _grpc_reflection_v1_ServerReflectionRequest, ReceivedServerReflectionRequest as Received_grpc_reflection_v1_ServerReflectionRequest } from '../../../grpc/reflection/v1/ServerReflectionRequest.ts';
import type { ServerReflectionResponse as _grpc_reflection_v1_ServerReflectionResponse, ReceivedServerReflectionResponse as Received_grpc_reflection_v1_ServerReflectionResponse } from '../../../grpc/reflection/v1/ServerReflectionResponse.ts';

/**
 * Tells clients what services there are and what their messages look like.
 */
export interface ServerReflectionClient extends grpc.Client {
  /**
   * Each request gets one response.
   */
  ServerReflectionInfo(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_grpc_reflection_v1_ServerReflectionRequest, Received_grpc_reflection_v1_ServerReflectionResponse>;
  ServerReflectionInfo(options?: grpc.CallOptions): grpc.ClientDuplexStream<_grpc_reflection_v1_ServerReflectionRequest, Received_grpc_reflection_v1_ServerReflectionResponse>;
  /**
   * Each request gets one response.
   */
  serverReflectionInfo(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_grpc_reflection_v1_ServerReflectionRequest, Received_grpc_reflection_v1_ServerReflectionResponse>;
  serverReflectionInfo(options?: grpc.CallOptions): grpc.ClientDuplexStream<_grpc_reflection_v1_ServerReflectionRequest, Received_grpc_reflection_v1_ServerReflectionResponse>;
  
}

/**
 * Tells clients what services there are and what their messages look like.
 */
export interface ServerReflectionHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Each request gets one response.
   */
  ServerReflectionInfo: grpc.handleBidiStreamingCall<Received_grpc_reflection_v1_ServerReflectionRequest, _grpc_reflection_v1_ServerReflectionResponse>;
  
}

export interface ServerReflectionDefinition extends grpc.ServiceDefinition {
  ServerReflectionInfo: MethodDefinition<_grpc_reflection_v1_ServerReflectionRequest, _grpc_reflection_v1_ServerReflectionResponse, Received_grpc_reflection_v1_ServerReflectionRequest, Received_grpc_reflection_v1_ServerReflectionResponse>
}
