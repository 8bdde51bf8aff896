// Original file: proto/google/rpc/status.proto

import type { Any as _google_protobuf_Any, ReceivedAny as Received_google_protobuf_Any } from '../../google/protobuf/Any.ts';

/**
 * What `grpc-status-details-bin` holds: the status of a call with all that is known about a failure.
 */
export interface Status {
  /**
   * The gRPC status code.
   */
  'code'?: (number);
  /**
   * The status message, repeated.
   */
  'message'?: (string);
  /**
   * Messages of error_details.proto.
   */
  'details'?: (_google_protobuf_Any)[];
}

/**
 * What `grpc-status-details-bin` holds: the status of a call with all that is known about a failure.
 */
export interface ReceivedStatus {
  /**
   * The gRPC status code.
   */
  'code': (number);
  /**
   * The status message, repeated.
   */
  'message': (string);
  /**
   * Messages of error_details.proto.
   */
  'details': (Received_google_protobuf_Any)[];
}
