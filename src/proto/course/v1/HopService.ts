// Original file: proto/course/v1/hop.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetHopRequest as _course_v1_GetHopRequest, ReceivedGetHopRequest as Received_course_v1_GetHopRequest } from '../../course/v1/GetHopRequest.ts';
import type { Hop as _course_v1_Hop, ReceivedHop as Received_course_v1_Hop } from '../../course/v1/Hop.ts';

/**
 * For GET /propagation: what reaches this service of a caller's context.
 */
export interface HopServiceClient extends grpc.Client {
  /**
   * Tells which trace context the call has brought along in its metadata.
   */
  GetHop(argument: _course_v1_GetHopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Hop>): grpc.ClientUnaryCall;
  GetHop(argument: _course_v1_GetHopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Hop>): grpc.ClientUnaryCall;
  GetHop(argument: _course_v1_GetHopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Hop>): grpc.ClientUnaryCall;
  GetHop(argument: _course_v1_GetHopRequest, callback: grpc.requestCallback<Received_course_v1_Hop>): grpc.ClientUnaryCall;
  /**
   * Tells which trace context the call has brought along in its metadata.
   */
  getHop(argument: _course_v1_GetHopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Hop>): grpc.ClientUnaryCall;
  getHop(argument: _course_v1_GetHopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Hop>): grpc.ClientUnaryCall;
  getHop(argument: _course_v1_GetHopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Hop>): grpc.ClientUnaryCall;
  getHop(argument: _course_v1_GetHopRequest, callback: grpc.requestCallback<Received_course_v1_Hop>): grpc.ClientUnaryCall;
  
}

/**
 * For GET /propagation: what reaches this service of a caller's context.
 */
export interface HopServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Tells which trace context the call has brought along in its metadata.
   */
  GetHop: grpc.handleUnaryCall<Received_course_v1_GetHopRequest, _course_v1_Hop>;
  
}

export interface HopServiceDefinition extends grpc.ServiceDefinition {
  GetHop: MethodDefinition<_course_v1_GetHopRequest, _course_v1_Hop, Received_course_v1_GetHopRequest, Received_course_v1_Hop>
}
